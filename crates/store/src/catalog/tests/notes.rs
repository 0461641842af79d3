//! Notes, saved segments, single changes and versions.

use waymark_model::{Goal, Role, SiteDefinition};

use super::*;

#[test]
fn notes_and_segments_are_kept_by_site_and_on_record() {
    let (_folder, catalog) = shop();
    let site = site(&catalog);
    let other = catalog
        .wait(async |c| {
            let definition = SiteDefinition::new("other", Zone::utc());
            c.add_site(&SiteId::parse("other").unwrap(), &definition, &author(1)).await
        })
        .unwrap();
    let later = catalog.wait(async |c| c.add_note(&site, "2026-03-02", "sale", &author(5)).await).unwrap();
    catalog.wait(async |c| c.add_note(&site, "2026-03-01", "new shop", &author(6)).await).unwrap();
    let dates = |site: &Site| -> Vec<String> {
        catalog.wait(async |c| c.notes(site).await).unwrap().into_iter().map(|note| note.date).collect()
    };
    assert_eq!(dates(&site), ["2026-03-01", "2026-03-02"]);
    assert_eq!(dates(&other), [""; 0]);
    let remove =
        |site: &Site| catalog.wait(async |c| c.remove_note(site, later.number, &author(7)).await).unwrap();
    assert!(!remove(&other), "it is of another site");
    assert!(remove(&site));
    assert!(!remove(&site), "it is gone");
    for filter in ["{}", "{\"where\": {}}"] {
        catalog.wait(async |c| c.save_segment(&site, "phones", filter, &author(8)).await).unwrap();
    }
    let kept = catalog.wait(async |c| c.segments(&site).await).unwrap();
    assert_eq!(kept.iter().map(|kept| kept.filter.as_str()).collect::<Vec<_>>(), ["{\"where\": {}}"]);
    let forget =
        |site: &Site| catalog.wait(async |c| c.remove_segment(site, "phones", &author(9)).await).unwrap();
    assert_eq!([forget(&other), forget(&site), forget(&site)], [false, true, false]);
    let actions: Vec<String> = catalog
        .wait(async |c| c.audit(Some(site.number), None, 6).await)
        .unwrap()
        .into_iter()
        .map(|entry| entry.action)
        .collect();
    let expected =
        ["segment_removed", "segment_saved", "segment_saved", "note_removed", "note_added", "note_added"];
    assert_eq!(actions, expected);
}

#[test]
fn a_single_change_sees_what_is_in_force_and_can_be_rehearsed() {
    let (_folder, catalog) = shop();
    let site_before = site(&catalog);
    let edit = |rehearse, change: &dyn Fn(&mut SiteDefinition)| {
        catalog.wait(async |c| {
            c.edit::<CatalogError>(&site_before, &author(2), rehearse, |definition| {
                let mut wanted = definition.clone();
                change(&mut wanted);
                Ok(wanted)
            })
            .await
        })
    };
    let add = |name: &'static str| {
        move |wanted: &mut SiteDefinition| wanted.goals.push(Goal::on_event(name, Role::Macro))
    };
    assert_eq!(edit(true, &add("buy")).unwrap().len(), 1);
    assert!(site(&catalog).definition.goals.is_empty(), "it was a rehearsal");
    edit(false, &add("buy")).unwrap();
    edit(false, &add("lead")).unwrap();
    edit(false, &|wanted| wanted.goals[0].role = Role::Secondary).unwrap();
    let now = site(&catalog);
    let names: Vec<_> = now.definition.goals.iter().map(|goal| (goal.name.as_str(), goal.version)).collect();
    assert_eq!(names, [("buy", 2), ("lead", 1)]);
    let versions = catalog.wait(async |c| c.goal_versions(&now, "buy").await).unwrap();
    let shown: Vec<_> = versions.iter().map(|of| (of.definition.version, of.definition.role)).collect();
    assert_eq!(shown, [(2, Role::Secondary), (1, Role::Macro)]);
    assert!(versions.iter().all(|version| version.by == Some(author(2))));
    assert!(catalog.wait(async |c| c.funnel_versions(&now, "buy").await).unwrap().is_empty());
    let refused = catalog.wait(async |c| {
        c.edit(&now, &author(3), false, |_| Err(CatalogError::SiteExists("x".to_owned()))).await
    });
    assert!(matches!(refused, Err(CatalogError::SiteExists(_))));
}
