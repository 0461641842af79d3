//! Reports as people see them.

use super::{Folder, shop_csv};

#[test]
fn a_site_with_a_headline() {
    insta::assert_snapshot!(Folder::shop().ok(&["report", "--site", "shop"]));
}

#[test]
fn a_site_without_goals() {
    insta::assert_snapshot!(Folder::with(&shop_csv()).ok(&["report", "--site", "shop"]));
}

#[test]
fn a_site_without_events() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    let ran = folder.run(&["report", "--site", "shop"]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("the site has no events yet"), "{}", ran.err);
}

#[test]
fn a_rate_and_a_funnel_as_text() {
    let folder = Folder::shop();
    insta::assert_snapshot!("rate_text", folder.ok(&["rate", "--site", "shop", "--goal", "purchase"]));
    insta::assert_snapshot!("funnel_text", folder.ok(&["funnel", "--site", "shop", "--name", "checkout"]));
}

#[test]
fn the_report_as_json_has_the_same_headline() {
    let report = Folder::shop().json(&["report", "--site", "shop"]);
    let goals = report["overview"]["total"]["goals"].as_array().unwrap();
    let headline = goals.iter().find(|goal| goal["headline"] == true).unwrap();
    assert_eq!((headline["name"].as_str(), headline["conversions"].as_u64()), (Some("purchase"), Some(28)));
    assert!(report["funnels"]["checkout"]["steps"].is_array());
}

#[test]
fn the_demo_reports_on_a_shop_that_it_simulates() {
    let folder = Folder::new();
    let demo = ["demo", "--report", "--events", "20000", "--days", "14"];
    let report = folder.json(&demo);
    let goals = report["overview"]["total"]["goals"].as_array().unwrap();
    assert!(goals.iter().all(|goal| goal["conversions"].as_u64() > Some(0)), "{goals:#?}");
    assert!(report["overview"]["left_out"]["tagged_events"].as_u64() > Some(0));
    let steps = report["funnels"]["checkout"]["steps"].as_array().unwrap();
    let reached: Vec<u64> = steps.iter().map(|step| step["reached"].as_u64().unwrap()).collect();
    assert!(reached.is_sorted_by(|a, b| a > b) && reached[4] > 0, "{reached:?}");
    folder.fails(&demo, 1, &["has a site called `shop` already", "hint:"]);
    let truths = folder.json(&["demo", "--truths"]);
    assert_eq!(truths["plants"].as_array().unwrap().len(), 4);
}
