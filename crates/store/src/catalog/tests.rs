//! The catalog's promises: versions, atomic changes, history, and what it refuses.

mod accounts;
mod notes;

use std::path::Path;

use waymark_model::{Definitions, Zone};

use super::*;
use crate::site::SiteId;

fn author(at: i64) -> Author {
    Author { name: "ada".to_owned(), at }
}

fn open(root: &Path) -> BlockingCatalog {
    BlockingCatalog::open(root, Access::Write).unwrap()
}

/// A catalog with the site `shop`.
fn shop() -> (tempfile::TempDir, BlockingCatalog) {
    let folder = tempfile::tempdir().unwrap();
    let catalog = open(folder.path());
    let site = waymark_model::SiteDefinition::new("shop", Zone::utc());
    let id = SiteId::parse("shop").unwrap();
    catalog.wait(async |c| c.add_site(&id, &site, &author(1)).await).unwrap();
    (folder, catalog)
}

fn apply(catalog: &BlockingCatalog, text: &str, at: i64) -> Result<Vec<String>, CatalogError> {
    let wanted = Definitions::parse(text).unwrap();
    let changes = catalog.wait(async |c| c.apply(&wanted, &author(at)).await)?;
    let show = |change: Change| {
        let version = change.version.map_or("-".to_owned(), |version| version.to_string());
        format!("{} {} {} {version}", change.subject.as_str(), change.name, change.action.as_str())
    };
    Ok(changes.into_iter().map(show).collect())
}

fn site(catalog: &BlockingCatalog) -> Site {
    catalog.wait(async |c| c.site("shop").await).unwrap().unwrap()
}

const SITE: &str = "[site.shop]\ntimezone = 'UTC'\n";

fn with(rest: &str) -> String {
    format!("{SITE}{rest}")
}

fn goal(name: &str, rest: &str) -> String {
    format!("[[site.shop.goal]]\nname = '{name}'\nrole = 'macro'\n{rest}\n")
}

#[test]
fn a_changed_definition_gets_the_next_version() {
    let (_folder, catalog) = shop();
    let (buy, lead) = (goal("buy", ""), goal("lead", "prop.x = { at_least = 31.245270191439438 }"));
    let funnel = "[[site.shop.funnel]]\nname = 'f'\nsteps = ['view', 'buy']\n";
    let check = |text: &str, at, expected: &[&str]| {
        assert_eq!(apply(&catalog, &with(text), at).unwrap(), expected, "{text}");
    };
    check(&format!("{buy}{lead}"), 2, &["goal buy added 1", "goal lead added 1"]);
    check(&format!("{lead}{buy}"), 3, &[]);
    assert_eq!(site(&catalog).definition.goals[0].name, "lead");
    check(&format!("{buy}{funnel}"), 4, &["goal lead retired 1", "funnel f added 1"]);
    check(&goal("buy", "key = true"), 5, &["goal buy changed 2", "funnel f retired 1"]);
    check(&format!("{buy}{lead}"), 6, &["goal buy changed 3", "goal lead revived 1"]);
    check(&goal("lead", "path = '/x'"), 7, &["goal lead changed 2", "goal buy retired 3"]);
    let shop = site(&catalog);
    let in_force: Vec<_> =
        shop.definition.goals.iter().map(|goal| (goal.name.as_str(), goal.version)).collect();
    assert_eq!(in_force, [("lead", 2)]);
    let old = catalog.wait(async |c| c.goal_versions(&shop, "buy").await).unwrap();
    let old: Vec<_> =
        old.iter().map(|old| (old.definition.version, old.definition.counting.as_str())).collect();
    assert_eq!(old, [(3, "every"), (2, "once_per_key"), (1, "every")]);
}

#[test]
fn what_was_changed_is_kept_with_who_and_when() {
    let (_folder, catalog) = shop();
    apply(&catalog, &with(&goal("buy", "")), 2).unwrap();
    let text = "[site.shop]\ntimezone = 'Europe/Berlin'\nhosts = ['a.example']\nsession_gap = '10m'\n\
                internal = ['10.0.0.0/8']\n";
    assert_eq!(apply(&catalog, text, 3).unwrap(), ["site shop changed -", "goal buy retired 1"]);
    let shop = site(&catalog);
    assert_eq!(shop.definition, Definitions::parse(text).unwrap().sites[0]);
    let history = catalog.wait(async |c| c.history(&shop).await).unwrap();
    let shown: Vec<_> = history
        .iter()
        .map(|entry| (entry.change.action.as_str(), entry.author.at, entry.author.name.as_str()))
        .collect();
    assert_eq!(
        shown,
        [("added", 1, "ada"), ("added", 2, "ada"), ("changed", 3, "ada"), ("retired", 3, "ada")]
    );
}

#[test]
fn a_file_is_applied_as_a_whole_or_not_at_all() {
    let (_folder, catalog) = shop();
    let text = with(&format!("{}[site.other]\ntimezone = 'UTC'\n", goal("buy", "")));
    assert!(matches!(apply(&catalog, &text, 2), Err(CatalogError::UnknownSite(name)) if name == "other"));
    assert!(site(&catalog).definition.goals.is_empty());
}

#[test]
fn sites_keep_their_secret_and_their_name() {
    let (folder, catalog) = shop();
    let first = site(&catalog);
    drop(catalog);
    let catalog = open(folder.path());
    assert_eq!(site(&catalog), first);
    let again = catalog.wait(async |c| c.add_site(&first.id, &first.definition, &author(9)).await);
    assert!(matches!(again, Err(CatalogError::SiteExists(_))));
    let names = catalog.wait(async |c| c.sites().await).unwrap();
    assert_eq!(names, [first]);
    assert_eq!(catalog.wait(async |c| c.site("shop2").await).unwrap(), None);
}

#[test]
fn a_copy_is_a_catalog() {
    let (_folder, catalog) = shop();
    let other = tempfile::tempdir().unwrap();
    let to = other.path().join(CATALOG);
    catalog.wait(async |c| c.backup(&to).await).unwrap();
    let copy = open(other.path());
    assert_eq!(site(&copy), site(&catalog));
    assert_eq!(copy.wait(async |c| c.check().await).unwrap(), Vec::<String>::new());
    assert!(catalog.wait(async |c| c.backup(&to).await).is_err());
}

#[test]
fn what_is_missing_newer_or_no_catalog_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let read = || BlockingCatalog::open(folder.path(), Access::Read);
    assert!(matches!(read(), Err(CatalogError::Missing { .. })));
    drop(open(folder.path()));
    assert!(read().is_ok());
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'later', 1, x'00', 0)";
    let catalog = open(folder.path());
    catalog.wait(async |c| sqlx::query(newer).execute(&c.pool).await).unwrap();
    drop(catalog);
    assert!(matches!(read(), Err(CatalogError::Newer { .. })));
    std::fs::write(folder.path().join(CATALOG), "this is no database, but long enough to look at").unwrap();
    let refused = read().unwrap_err();
    assert!(matches!(refused, CatalogError::Upgrade { .. } | CatalogError::Unusable { .. }), "{refused}");
}

#[test]
fn keys_are_made_found_and_revoked() {
    let (folder, catalog) = shop();
    let shop = site(&catalog);
    let add = |scope, expires, at| {
        catalog.wait(async |c| c.add_key(&shop, scope, expires, &author(at)).await).unwrap()
    };
    let (text, first) = add(KeyScope::Collect, None, 5);
    let (_, second) = add(KeyScope::Admin, Some(100), 6);
    assert_eq!((TokenHash::new(&text), &text[..12]), (first.hash, first.prefix.as_str()));
    assert_eq!(
        (first.is_expired(i64::MAX), second.is_expired(99), second.is_expired(100)),
        (false, false, true)
    );
    catalog.wait(async |c| c.key_used(first.number, 20_000).await).unwrap();
    drop(catalog);
    let catalog = open(folder.path());
    let keys = || catalog.wait(async |c| c.keys().await).unwrap();
    assert_eq!(keys(), [ApiKey { used_on: Some(20_000), ..first.clone() }, second.clone()]);
    let revoke = |prefix: &str| catalog.wait(async |c| c.revoke_key(prefix, &author(7)).await).unwrap();
    assert_eq!(revoke(&text), None);
    assert_eq!(revoke(&first.prefix).map(|key| key.number), Some(first.number));
    assert_eq!(revoke(&first.prefix), None);
    assert_eq!(keys(), [second]);
}

/// Changes one bit of the first place in the closed catalog's file where those bytes stand.
fn flip(folder: &Path, bytes: &[u8]) {
    let path = folder.join(CATALOG);
    let mut file = std::fs::read(&path).unwrap();
    let at = file.windows(bytes.len()).position(|window| window == bytes).unwrap();
    file[at + bytes.len() / 2] ^= 1;
    std::fs::write(path, file).unwrap();
}

#[test]
fn a_catalog_is_not_made_again_for_sites_that_have_events() {
    let known = [SiteId::parse("shop").unwrap()];
    let folder = tempfile::tempdir().unwrap();
    let open_for = |access| BlockingCatalog::open_for(folder.path(), access, &known);
    for access in [Access::Read, Access::Write] {
        let error = open_for(access).unwrap_err();
        assert!(matches!(error, CatalogError::Lost { .. }), "{error}");
        assert!(!folder.path().join(CATALOG).exists());
    }
    drop(open(folder.path()));
    let error = open_for(Access::Write).unwrap_err();
    assert!(
        matches!(error, CatalogError::SitesLost { .. }) && error.to_string().contains("`shop`"),
        "{error}"
    );
    assert!(open_for(Access::Read).is_ok(), "other sites are read");
    let (folder, catalog) = shop();
    drop(catalog);
    assert!(BlockingCatalog::open_for(folder.path(), Access::Write, &known).is_ok());
}

#[test]
fn a_secret_that_the_disk_has_changed_is_seen() {
    let (folder, catalog) = shop();
    let secret = *site(&catalog).secret.as_bytes();
    // As an earlier Waymark left it.
    let clear = "UPDATE site SET secret_check = NULL";
    catalog.wait(async |c| sqlx::query(clear).execute(&c.pool).await).unwrap();
    drop(catalog);
    drop(open(folder.path()));
    std::fs::remove_file(folder.path().join(SEAL)).unwrap();
    flip(folder.path(), &secret);
    let read = BlockingCatalog::open(folder.path(), Access::Read).unwrap();
    let found = read.wait(async |c| c.check().await).unwrap();
    assert!(matches!(found.as_slice(), [what] if what.contains("secret of shop")), "{found:?}");
    assert!(read.wait(async |c| c.sites().await).is_ok(), "reading needs no secret");
    drop(read);
    let refused = open(folder.path()).wait(async |c| c.sites().await).unwrap_err();
    assert!(matches!(refused, CatalogError::Damaged { .. }), "{refused}");
}

#[test]
fn a_byte_that_the_disk_has_changed_is_seen() {
    let (folder, catalog) = shop();
    let text = "[site.shop]\ntimezone = 'UTC'\n[[site.shop.goal]]\nname = 'bought'\nrole = 'macro'\nevent = 'transaction'\n";
    apply(&catalog, text, 2).unwrap();
    catalog.wait(async |c| c.seal().await).unwrap();
    drop(catalog);
    let check = |access| {
        let catalog = BlockingCatalog::open(folder.path(), access).unwrap();
        let damage = catalog.wait(async |c| c.damage());
        let found = catalog.wait(async |c| c.check().await).unwrap();
        assert_eq!(found.is_empty(), damage.is_none(), "{found:?} {damage:?}");
        damage
    };
    assert_eq!(check(Access::Read), None);
    // It is in no index, so that SQLite itself sees nothing.
    flip(folder.path(), b"transaction");
    assert!(check(Access::Read).is_some());
    // It stays known, whatever is changed and however often it is opened, until somebody says that it is known.
    assert!(check(Access::Write).is_some());
    let catalog = open(folder.path());
    apply(&catalog, &text.replace("bought", "paid"), 3).unwrap();
    catalog.wait(async |c| c.seal().await).unwrap();
    drop(catalog);
    assert!(check(Access::Write).is_some());
    let catalog = open(folder.path());
    assert!(catalog.wait(async |c| c.accept_damage().await).unwrap());
    drop(catalog);
    assert_eq!(check(Access::Write), None);
}
