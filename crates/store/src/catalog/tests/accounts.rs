//! Accounts, roles, sessions, links, one-time codes, shared links and the record of changes.

use super::*;

const ADA: &str = "ada@shop.example";

fn hash(text: &str) -> PasswordHash {
    PasswordHash(text.to_owned())
}

fn add(catalog: &BlockingCatalog, email: &str, site: Option<&Site>, role: Role) -> Account {
    let password = hash("first");
    let new = NewAccount { email, name: "Somebody", password: Some(&password), site, role, invited_by: None };
    catalog.wait(async |c| c.add_account(&new, &author(2)).await).unwrap()
}

fn account(catalog: &BlockingCatalog, email: &str) -> Account {
    catalog.wait(async |c| c.account_of(email).await).unwrap().unwrap()
}

/// How many sessions and links of an account open something at that time.
fn open_sessions(catalog: &BlockingCatalog, account: &Account, now: i64) -> usize {
    catalog.wait(async |c| c.sessions(account.number, now).await).unwrap().len()
}

fn actions(catalog: &BlockingCatalog, site: Option<i64>) -> Vec<String> {
    let entries = catalog.wait(async |c| c.audit(site, None, 100).await).unwrap();
    let show = |entry: AuditEntry| {
        let site = entry.site.unwrap_or_default();
        format!("{site} {} {} {}", entry.action, entry.subject, entry.detail.unwrap_or_default())
    };
    entries.into_iter().map(show).collect()
}

#[test]
fn there_is_one_first_account_and_one_of_each_address() {
    let (folder, catalog) = shop();
    let password = hash("first");
    let (password, role) = (Some(&password), Role::Owner);
    let new = NewAccount { email: ADA, name: "Ada", password, site: None, role, invited_by: None };
    let first = || catalog.wait(async |c| c.add_first_account(&new, &author(2)).await).unwrap();
    assert!(first().is_some_and(|account| account.is_owner()));
    assert_eq!(first(), None);
    let again = catalog.wait(async |c| c.add_account(&new, &author(3)).await);
    assert!(matches!(again, Err(CatalogError::AccountExists(email)) if email == ADA));
    let known = account(&catalog, ADA);
    drop(catalog);
    assert_eq!(account(&open(folder.path()), ADA), known);
}

#[test]
fn the_greatest_role_counts_and_somebody_always_owns_everything() {
    let (_folder, catalog) = shop();
    let shop = site(&catalog);
    let ada = add(&catalog, ADA, None, Role::Owner);
    let bob = add(&catalog, "bob@shop.example", Some(&shop), Role::Viewer);
    let set = |account: &Account, site: Option<&Site>, role| {
        catalog.wait(async |c| c.set_role(account, site, role, Giver::Everything, &author(3)).await)
    };
    let bobs = |expected: Option<Role>| {
        assert_eq!(account(&catalog, &bob.email).role_on(&shop), expected);
    };
    bobs(Some(Role::Viewer));
    set(&bob, None, Some(Role::Editor)).unwrap();
    bobs(Some(Role::Editor));
    set(&bob, Some(&shop), Some(Role::Owner)).unwrap();
    bobs(Some(Role::Owner));
    assert!(!account(&catalog, &bob.email).is_owner(), "of one site alone");
    set(&bob, Some(&shop), None).unwrap();
    bobs(Some(Role::Editor));
    set(&bob, None, None).unwrap();
    bobs(None);
    assert!(matches!(set(&ada, None, Some(Role::Editor)), Err(CatalogError::LastOwner)));
    assert!(matches!(set(&ada, None, None), Err(CatalogError::LastOwner)));
    let remove = |account: &Account| catalog.wait(async |c| c.remove_account(account, &author(4)).await);
    assert!(matches!(remove(&ada), Err(CatalogError::LastOwner)));
    assert!(account(&catalog, ADA).is_owner(), "nothing was changed");
    set(&bob, None, Some(Role::Owner)).unwrap();
    remove(&ada).unwrap();
    assert_eq!(catalog.wait(async |c| c.account_of(ADA).await).unwrap(), None);
}

#[test]
fn sessions_end_by_time_by_hand_and_with_what_they_rest_on() {
    let (_folder, catalog) = shop();
    let ada = add(&catalog, ADA, None, Role::Owner);
    let begin = |at| catalog.wait(async |c| c.begin_session(ada.number, at, at + 100).await).unwrap();
    let find = |token: &str, at| catalog.wait(async |c| c.session(&TokenHash::new(token), at).await).unwrap();
    let (token, session) = begin(10);
    assert_eq!(find(&token, 109), Some((session.clone(), ada.clone())));
    assert_eq!((find(&token, 110), find(&token[1..], 50)), (None, None));
    catalog.wait(async |c| c.session_used(&session.hash, 60, 160).await).unwrap();
    assert!(find(&token, 110).is_some());
    catalog.wait(async |c| c.end_session(&session.hash).await).unwrap();
    assert_eq!(find(&token, 60), None);
    type Ends = fn(&BlockingCatalog, &Account);
    let ends: [Ends; 4] = [
        |catalog, ada| catalog.wait(async |c| c.set_password(ada, &hash("next"), &author(70)).await).unwrap(),
        |catalog, ada| {
            let shop = site(catalog);
            catalog
                .wait(async |c| {
                    c.set_role(ada, Some(&shop), Some(Role::Editor), Giver::Everything, &author(70)).await
                })
                .unwrap();
        },
        |catalog, ada| catalog.wait(async |c| c.end_sessions(ada.number).await).unwrap(),
        |catalog, _| catalog.wait(async |c| c.forget_ended(200).await).unwrap(),
    ];
    for (number, end) in ends.into_iter().enumerate() {
        begin(60);
        begin(61);
        assert_eq!(open_sessions(&catalog, &ada, 70), 2);
        end(&catalog, &ada);
        assert_eq!(open_sessions(&catalog, &ada, 70), 0, "{number}");
    }
}

#[test]
fn a_link_opens_once_and_the_newest_alone() {
    let (_folder, catalog) = shop();
    let ada = add(&catalog, ADA, None, Role::Owner);
    let link_of = |holder, expires| {
        catalog.wait(async |c| c.add_link(&ada, holder, expires, &author(9)).await).unwrap()
    };
    let link = |expires| link_of(LinkHolder::Everything, expires);
    let (first, second) = (link(100), link(100));
    catalog.wait(async |c| c.begin_session(ada.number, 10, 1_000).await).unwrap();
    assert_eq!(used(&catalog, &first, 50), None, "there is a newer one");
    assert_eq!(used(&catalog, &second, 100), None, "it is too old");
    assert_eq!(open_sessions(&catalog, &ada, 50), 1);
    let whose = catalog.wait(async |c| c.link(&TokenHash::new(&second), 50).await).unwrap();
    assert_eq!(whose.map(|account| account.number), Some(ada.number));
    let mailed = [link_of(LinkHolder::Address, 100), link_of(LinkHolder::Address, 100)];
    let by_link = used(&catalog, &second, 50).and_then(|account| account.password);
    assert_eq!(by_link, Some(hash("by link")), "strangers who ask for e-mail take no link away");
    assert_eq!(open_sessions(&catalog, &ada, 50), 0);
    assert_eq!(used(&catalog, &second, 50), None, "it was used");
    for link in mailed {
        assert_eq!(used(&catalog, &link, 50), None, "a password was chosen since");
    }
    let third = link(100);
    catalog.wait(async |c| c.set_password(&ada, &hash("chosen"), &author(60)).await).unwrap();
    assert_eq!(used(&catalog, &third, 70), None, "a password was chosen since");
}

fn used(catalog: &BlockingCatalog, token: &str, now: i64) -> Option<Account> {
    let (hash, password) = (TokenHash::new(token), hash("by link"));
    catalog.wait(async |c| c.use_link(&hash, &password, now).await).unwrap()
}

const MALLORY: &str = "mallory@shop.example";

fn by(name: &str) -> Author {
    Author { name: name.to_owned(), at: 9 }
}

/// An account that the owner of the site has made, and whose link they have.
fn invited_by_mallory(catalog: &BlockingCatalog, shop: &Site) -> (Account, String) {
    let new = NewAccount {
        email: "bob@shop.example",
        name: "Bob",
        password: None,
        site: Some(shop),
        role: Role::Viewer,
        invited_by: Some(Giver::SiteOwner),
    };
    let bob = catalog.wait(async |c| c.add_account(&new, &by(MALLORY)).await).unwrap();
    let link = catalog.wait(async |c| c.add_link(&bob, LinkHolder::SiteOwner, 100, &by(MALLORY)).await);
    (bob, link.unwrap())
}

/// Roles, each with whether it is for all sites.
type Shown = Vec<(bool, Role)>;

/// What the account may do now, and once it is confirmed.
fn may(catalog: &BlockingCatalog, email: &str) -> (Shown, Shown) {
    let account = account(catalog, email);
    let shown = |roles: Vec<RoleOn>| roles.into_iter().map(|on| (on.site.is_none(), on.role)).collect();
    (shown(account.roles), shown(account.waiting))
}

#[test]
fn what_others_give_an_account_waits_until_it_is_confirmed() {
    type Confirms = fn(&BlockingCatalog, &Account);
    let ways: [Confirms; 3] = [
        |catalog, bob| {
            let (hash, password) = (LinkHolder::Everything, hash("by link"));
            let link = catalog.wait(async |c| c.add_link(bob, hash, 100, &by(ADA)).await).unwrap();
            catalog.wait(async |c| c.use_link(&TokenHash::new(&link), &password, 50).await).unwrap().unwrap();
        },
        |catalog, bob| {
            let link = catalog.wait(async |c| c.add_link(bob, LinkHolder::Address, 100, &by("x")).await);
            used(catalog, &link.unwrap(), 50).unwrap();
        },
        |catalog, bob| {
            let account = catalog.wait(async |c| c.confirm_account(bob, &by("Login")).await).unwrap();
            assert_eq!(account.password, None);
        },
    ];
    for (way, confirm) in ways.into_iter().enumerate() {
        let (_folder, catalog) = shop();
        let shop = site(&catalog);
        add(&catalog, ADA, None, Role::Owner);
        let (bob, link) = invited_by_mallory(&catalog, &shop);
        used(&catalog, &link, 10).unwrap();
        let bob = account(&catalog, &bob.email);
        assert!(!bob.is_confirmed && bob.password.is_some(), "who has the link may be anybody");
        let give = |site: Option<&Site>, role, giver, name: &str| {
            catalog.wait(async |c| c.set_role(&bob, site, Some(role), giver, &by(name)).await).unwrap()
        };
        assert_eq!(give(Some(&shop), Role::Editor, Giver::SiteOwner, MALLORY), Given::Now);
        assert_eq!(
            give(Some(&shop), Role::Owner, Giver::SiteOwner, "zoe@shop.example"),
            Given::OnceConfirmed
        );
        assert_eq!(give(None, Role::Owner, Giver::Everything, ADA), Given::OnceConfirmed);
        let waiting = vec![(true, Role::Owner), (false, Role::Owner)];
        assert_eq!(may(&catalog, &bob.email), (vec![(false, Role::Editor)], waiting), "{way}");
        assert_eq!(give(Some(&shop), Role::Viewer, Giver::SiteOwner, "zoe@shop.example"), Given::Now);
        assert_eq!(may(&catalog, &bob.email), (vec![(false, Role::Viewer)], vec![(true, Role::Owner)]));
        // What Mallory can do with the account in the meantime: begin sessions, ask for codes, choose passwords.
        catalog.wait(async |c| c.begin_session(bob.number, 10, 1_000).await).unwrap();
        let device = catalog.wait(async |c| c.know_device(bob.number, 10).await).unwrap();
        catalog.wait(async |c| c.offer_codes(bob.number, &CodeSecret(vec![7; 20])).await).unwrap();
        catalog.wait(async |c| c.require_codes(&bob, &[TokenHash::new("one")], &by("bob")).await).unwrap();
        catalog.wait(async |c| c.set_password(&bob, &hash("mallory's"), &by("bob")).await).unwrap();
        catalog.wait(async |c| c.begin_session(bob.number, 10, 1_000).await).unwrap();
        assert!(!account(&catalog, &bob.email).is_confirmed && !account(&catalog, &bob.email).is_owner());
        confirm(&catalog, &bob);
        let bob = account(&catalog, &bob.email);
        assert!(bob.is_confirmed && bob.is_owner() && !bob.has_totp, "{way}");
        assert_ne!(bob.password, Some(hash("mallory's")), "{way}");
        assert_eq!((open_sessions(&catalog, &bob, 50), bob.waiting), (0, Vec::new()), "{way}");
        let knows = catalog.wait(async |c| c.knows_device(bob.number, &TokenHash::new(&device), 50).await);
        assert!(!knows.unwrap(), "{way}");
        assert!(actions(&catalog, None).iter().any(|action| action.contains("account_confirmed")), "{way}");
    }
}

#[test]
fn a_link_that_shows_nothing_outlives_no_confirmation_and_ends_none() {
    let (_folder, catalog) = shop();
    let shop = site(&catalog);
    add(&catalog, ADA, None, Role::Owner);
    let (bob, first) = invited_by_mallory(&catalog, &shop);
    let role =
        |role| catalog.wait(async |c| c.set_role(&bob, None, Some(role), Giver::Everything, &by(ADA)).await);
    assert_eq!(role(Role::Owner).unwrap(), Given::OnceConfirmed);
    let mailed = catalog.wait(async |c| c.add_link(&bob, LinkHolder::Address, 100, &by(ADA)).await).unwrap();
    used(&catalog, &first, 10).unwrap();
    catalog.wait(async |c| c.set_password(&bob, &hash("mallory's"), &by("bob")).await).unwrap();
    assert!(!account(&catalog, &bob.email).is_owner());
    assert!(used(&catalog, &mailed, 20).unwrap().is_owner(), "Mallory takes it away from nobody");
    // The same, but Mallory keeps the link for later.
    let (_folder, catalog) = super::shop();
    let shop = site(&catalog);
    let (bob, first) = invited_by_mallory(&catalog, &shop);
    catalog.wait(async |c| c.confirm_account(&bob, &by("Login")).await).unwrap();
    assert_eq!(used(&catalog, &first, 10), None);
}

/// Mallory makes Carol's account with Bob's, whose password she knows. Bob, who has his own since, does not vouch for Carol.
#[test]
fn nobody_vouches_for_those_whom_somebody_else_invited_in_their_name() {
    let (_folder, catalog) = shop();
    let shop = site(&catalog);
    add(&catalog, ADA, None, Role::Owner);
    let (bob, _) = invited_by_mallory(&catalog, &shop);
    let new = NewAccount {
        email: "carol@shop.example",
        name: "Carol",
        password: None,
        site: Some(&shop),
        role: Role::Viewer,
        invited_by: Some(Giver::SiteOwner),
    };
    let carol = catalog.wait(async |c| c.add_account(&new, &by(&bob.email)).await).unwrap();
    let give = |role| {
        let (site, giver) = (Some(&shop), Giver::SiteOwner);
        catalog.wait(async |c| c.set_role(&carol, site, Some(role), giver, &by(&bob.email)).await).unwrap()
    };
    assert_eq!(give(Role::Editor), Given::Now);
    catalog.wait(async |c| c.confirm_account(&bob, &by("Login")).await).unwrap();
    assert_eq!(give(Role::Owner), Given::OnceConfirmed);
}

/// Whoever owns a site signs nobody out of others.
#[test]
fn sessions_end_where_a_role_was_changed() {
    let (_folder, catalog) = shop();
    let shop = site(&catalog);
    let ada = add(&catalog, ADA, None, Role::Owner);
    let bob = add(&catalog, "bob@shop.example", Some(&shop), Role::Viewer);
    let check = |account: &Account, role, giver, expected, why: &str| {
        catalog.wait(async |c| c.begin_session(account.number, 10, 1_000).await).unwrap();
        let (site, by) = (Some(&shop), by(MALLORY));
        catalog.wait(async |c| c.set_role(account, site, role, giver, &by).await).unwrap();
        assert_eq!(open_sessions(&catalog, account, 50), expected, "{why}");
        catalog.wait(async |c| c.end_sessions(account.number).await).unwrap();
    };
    check(&ada, Some(Role::Viewer), Giver::SiteOwner, 1, "she may see other sites");
    check(&ada, None, Giver::SiteOwner, 1, "she may see other sites");
    check(&ada, Some(Role::Editor), Giver::Everything, 0, "an owner of all sites may");
    check(&bob, Some(Role::Editor), Giver::SiteOwner, 0, "he may see nothing else");
    check(&bob, Some(Role::Editor), Giver::SiteOwner, 1, "nothing was changed");
}

#[test]
fn the_browsers_that_somebody_signed_in_on_are_known() {
    let (_folder, catalog) = shop();
    let ada = add(&catalog, ADA, None, Role::Owner);
    let bob = add(&catalog, "bob@shop.example", None, Role::Viewer);
    let know = |now| catalog.wait(async |c| c.know_device(ada.number, now).await).unwrap();
    let knows = |account: &Account, token: &str, now| {
        catalog.wait(async |c| c.knows_device(account.number, &TokenHash::new(token), now).await).unwrap()
    };
    const DAY: i64 = 24 * 60 * 60 * 1_000;
    let first = know(0);
    let all = [knows(&ada, &first, DAY), knows(&bob, &first, DAY), knows(&ada, "nonsense", DAY)];
    assert_eq!(all, [true, false, false]);
    assert!(!knows(&ada, &first, 181 * DAY), "it was not used for long");
    catalog.wait(async |c| c.device_used(ada.number, &TokenHash::new(&first), 100 * DAY).await).unwrap();
    assert!(knows(&ada, &first, 181 * DAY));
    let more: Vec<String> = (0..20).map(|n| know(101 * DAY + n)).collect();
    assert!(!knows(&ada, &first, 102 * DAY), "twenty are known");
    assert!(more.iter().all(|token| knows(&ada, token, 102 * DAY)));
    catalog.wait(async |c| c.set_password(&ada, &hash("next"), &author(70)).await).unwrap();
    assert!(!knows(&ada, &more[19], 102 * DAY), "a new password is a new begin");
}

#[test]
fn a_code_is_taken_once_and_none_before_it() {
    let (_folder, catalog) = shop();
    let ada = add(&catalog, ADA, None, Role::Owner);
    let secret = CodeSecret(vec![7; 20]);
    let step = |step| catalog.wait(async |c| c.take_step(ada.number, step).await).unwrap();
    catalog.wait(async |c| c.offer_codes(ada.number, &secret).await).unwrap();
    assert!(!account(&catalog, ADA).has_totp, "it is only offered");
    assert_eq!([step(5), step(5), step(4), step(6)], [true, false, false, true]);
    let recovery = ["one", "two"].map(TokenHash::new);
    catalog.wait(async |c| c.require_codes(&ada, &recovery, &author(3)).await).unwrap();
    assert!(account(&catalog, ADA).has_totp);
    catalog.wait(async |c| c.offer_codes(ada.number, &CodeSecret(vec![8; 20])).await).unwrap();
    let known = || catalog.wait(async |c| c.code_secret(ada.number).await).unwrap();
    assert_eq!(known(), Some(secret), "one that is required is not replaced");
    let take = |code: &str| {
        catalog.wait(async |c| c.take_recovery_code(ada.number, &TokenHash::new(code)).await).unwrap()
    };
    assert_eq!([take("one"), take("one"), take("three")], [true, false, false]);
    catalog.wait(async |c| c.drop_codes(&ada, &author(4)).await).unwrap();
    assert_eq!((known(), take("two"), account(&catalog, ADA).has_totp), (None, false, false));
}

#[test]
fn a_shared_link_shows_its_site_until_it_ends() {
    let (_folder, catalog) = shop();
    let shop = site(&catalog);
    let definition = waymark_model::SiteDefinition::new("other", Zone::utc());
    let id = SiteId::parse("other").unwrap();
    let other = catalog.wait(async |c| c.add_site(&id, &definition, &author(1)).await).unwrap();
    let add = |expires| {
        catalog.wait(async |c| c.add_share(&shop, "for the board", expires, &author(2)).await).unwrap()
    };
    let ((token, share), (ending, second)) = (add(None), add(Some(100)));
    assert!(is_share(&token) && !is_key(&token));
    let find = |token: &str, now| catalog.wait(async |c| c.share(&TokenHash::new(token), now).await).unwrap();
    assert_eq!(find(&token, 1_000), Some(share.clone()));
    assert_eq!((find(&ending, 99), find(&ending, 100)), (Some(second.clone()), None));
    let revoke =
        |of: &Site| catalog.wait(async |c| c.revoke_share(of, share.number, &author(5)).await).unwrap();
    assert_eq!([revoke(&other), revoke(&shop), revoke(&shop)], [false, true, false]);
    assert_eq!(find(&token, 5), None);
    assert_eq!(catalog.wait(async |c| c.shares(&shop).await).unwrap(), [second]);
}

#[test]
fn every_change_is_on_record() {
    let (_folder, catalog) = shop();
    let shop = site(&catalog);
    apply(&catalog, &with(&goal("buy", "")), 2).unwrap();
    let (_, key) = catalog.wait(async |c| c.add_key(&shop, KeyScope::Read, None, &author(3)).await).unwrap();
    catalog.wait(async |c| c.revoke_key(&key.prefix, &author(4)).await).unwrap();
    let ada = add(&catalog, ADA, None, Role::Owner);
    let (editor, everything) = (Some(Role::Editor), Giver::Everything);
    catalog.wait(async |c| c.set_role(&ada, Some(&shop), editor, everything, &author(5)).await).unwrap();
    catalog.wait(async |c| c.set_password(&ada, &hash("next"), &author(6)).await).unwrap();
    let prefix = &key.prefix;
    let of_shop = [
        format!("shop role_changed {ADA} editor"),
        format!("shop key_revoked {prefix} "),
        format!("shop key_added {prefix} read"),
        "shop goal_added buy version 1".to_owned(),
        "shop site_added shop ".to_owned(),
    ];
    assert_eq!(actions(&catalog, Some(shop.number)), of_shop);
    let all = actions(&catalog, None);
    assert_eq!((all.len(), all[0].as_str()), (7, " password_changed ada@shop.example "));
    assert_eq!(all[2], format!(" member_added {ADA} owner"));
    let newest = catalog.wait(async |c| c.audit(None, None, 2).await).unwrap();
    let older = catalog.wait(async |c| c.audit(None, Some(newest[1].number), 1).await).unwrap();
    assert_eq!((newest[0].author.clone(), older[0].action.as_str()), (author(6), "member_added"));
}
