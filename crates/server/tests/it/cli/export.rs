//! Events out of the store, and in again.

use super::{Folder, shop_csv};

#[test]
fn what_is_exported_comes_in_again_with_the_same_figures() {
    let folder = Folder::with(&shop_csv());
    let steps =
        ["funnel", "--steps", "view > addtocart > transaction", "--same", "item", "--window", "1h", "--site"];
    let reached = |site: &str| {
        let answer = folder.json(&[&steps[..], &[site]].concat());
        let steps = answer["steps"].as_array().unwrap().clone();
        steps.iter().map(|step| step["reached"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    for form in ["csv", "ndjson", "parquet"] {
        let file = folder.0.path().join(format!("events.{form}"));
        let file = file.to_str().unwrap().to_owned();
        folder.ok(&["export", "--site", "shop", &file]);
        folder.ok(&["site", "add", form, "--timezone", "UTC"]);
        folder.ok(&["import", "--site", form, &file]);
        assert_eq!(reached(form), reached("shop"), "{form}");
        folder.fails(&["export", "--site", "shop", &file], 1, &["cannot write"]);
    }
}

#[test]
fn lines_of_a_range_go_to_the_output() {
    let folder = Folder::with(&shop_csv());
    let out = folder.ok(&["export", "--site", "shop", "--from", "2026-03-31", "--to", "2026-03-31"]);
    let lines: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(!lines.is_empty());
    assert!(lines.iter().all(|line| line["time"].as_str().unwrap().starts_with("2026-03-31T")), "{out}");
    let all = folder.ok(&["export", "--site", "shop", "--format", "csv"]);
    assert_eq!(all.lines().count(), 270);
    assert!(all.starts_with("time,visitor,name,host,"), "{all}");
}

#[test]
fn no_cell_is_taken_for_a_formula() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    let rows = "visitor,time,name,prop.note\n1,2026-03-01T00:00:00Z,=cmd,@x\n";
    folder.ok(&["import", "--site", "shop", &folder.file("in.csv", rows)]);
    let out = folder.ok(&["export", "--site", "shop", "--format", "csv"]);
    assert!(out.contains(",'=cmd,") && out.contains(",'@x"), "{out}");
}
