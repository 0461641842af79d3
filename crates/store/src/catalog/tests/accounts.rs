//! Accounts, roles, sessions, links, one-time codes, shared links and the record of changes.

use super::*;

const ADA: &str = "ada@shop.example";

fn hash(text: &str) -> PasswordHash {
    PasswordHash(text.to_owned())
}

fn add(catalog: &BlockingCatalog, email: &str, site: Option<&Site>, role: Role) -> Account {
    let password = hash("first");
    let new = NewAccount { email, name: "Somebody", password: Some(&password), site, role };
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
    let new =
        NewAccount { email: ADA, name: "Ada", password: Some(&password), site: None, role: Role::Owner };
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
        catalog.wait(async |c| c.set_role(account, site, role, &author(3)).await)
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
    let find = |token: &str, at| catalog.wait(async |c| c.session(&TokenHash::of(token), at).await).unwrap();
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
                .wait(async |c| c.set_role(ada, Some(&shop), Some(Role::Editor), &author(70)).await)
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
    let link = |expires| catalog.wait(async |c| c.add_link(&ada, expires, &author(9)).await).unwrap();
    let used = |token: &str, now| {
        let (hash, password) = (TokenHash::of(token), hash("by link"));
        catalog.wait(async |c| c.use_link(&hash, &password, now).await).unwrap()
    };
    let (first, second) = (link(100), link(100));
    catalog.wait(async |c| c.begin_session(ada.number, 10, 1_000).await).unwrap();
    assert_eq!(used(&first, 50), None, "there is a newer one");
    assert_eq!(used(&second, 100), None, "it is too old");
    assert_eq!(open_sessions(&catalog, &ada, 50), 1);
    let whose = catalog.wait(async |c| c.link(&TokenHash::of(&second), 50).await).unwrap();
    assert_eq!(whose.map(|account| account.number), Some(ada.number));
    assert_eq!(used(&second, 50).and_then(|account| account.password), Some(hash("by link")));
    assert_eq!(open_sessions(&catalog, &ada, 50), 0);
    assert_eq!(used(&second, 50), None, "it was used");
    let third = link(100);
    catalog.wait(async |c| c.set_password(&ada, &hash("chosen"), &author(60)).await).unwrap();
    assert_eq!(used(&third, 70), None, "a password was chosen since");
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
    let recovery = ["one", "two"].map(TokenHash::of);
    catalog.wait(async |c| c.require_codes(&ada, &recovery, &author(3)).await).unwrap();
    assert!(account(&catalog, ADA).has_totp);
    catalog.wait(async |c| c.offer_codes(ada.number, &CodeSecret(vec![8; 20])).await).unwrap();
    let known = || catalog.wait(async |c| c.code_secret(ada.number).await).unwrap();
    assert_eq!(known(), Some(secret), "one that is required is not replaced");
    let take = |code: &str| {
        catalog.wait(async |c| c.take_recovery_code(ada.number, &TokenHash::of(code)).await).unwrap()
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
    let find = |token: &str, now| catalog.wait(async |c| c.share(&TokenHash::of(token), now).await).unwrap();
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
    catalog.wait(async |c| c.set_role(&ada, Some(&shop), Some(Role::Editor), &author(5)).await).unwrap();
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
