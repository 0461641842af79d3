//! How long events are kept: what was imported stays until the site says otherwise, and then it goes, as the import has said.

use serde_json::json;

use super::Folder;

/// Two orders of long ago, and a page view of then.
const OLD: &str = "visitor,time,name,order,country\n\
    anna,2015-05-02T10:00:00Z,view,,DE\n\
    anna,2015-05-02T10:05:00Z,buy,A-1,DE\n\
    ben,2015-05-03T10:00:00Z,buy,A-2,FR\n";

fn import(folder: &Folder, name: &str, csv: &str) -> Vec<String> {
    let map = "visitor=visitor,time=time,name=name,key=order,country=country";
    let file = folder.file(name, csv);
    ["import", "--site", "shop", "--map", map, &file].map(str::to_owned).to_vec()
}

fn events(folder: &Folder) -> usize {
    folder.ok(&["export", "--site", "shop", "--format", "ndjson"]).lines().count()
}

#[test]
fn an_imported_history_stays_unasked() {
    let folder = Folder::new_shop();
    let args = import(&folder, "old.csv", OLD);
    let said = folder.ok(&args.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(!said.contains("removes it"), "{said}");
    let done = folder.json(&["maintain"]);
    assert_eq!((&done["removed"], &done["bare"]), (&json!(0), &json!(0)));
    assert_eq!(events(&folder), 3);
    let listed = folder.json(&["site", "list"]);
    assert_eq!(listed[0]["retention"], "usual");
}

#[test]
fn what_a_site_keeps_no_longer_goes_and_its_orders_still_count_once() {
    let folder = Folder::new();
    folder.fails(&["site", "add", "shop", "--timezone", "UTC", "--retention", "25"], 2, &["`25 months`"]);
    folder.ok(&["site", "add", "shop", "--timezone", "UTC", "--retention", "14 months"]);
    let args = import(&folder, "old.csv", OLD);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let said = folder.ok(&args);
    for part in ["old:", "(14 months)", "within a day", "retention = \"forever\""] {
        assert!(said.contains(part), "`{part}` is not in\n{said}");
    }
    let again = folder.json(&[args.as_slice(), &["--again"]].concat());
    assert!(again["removed_before"].as_str().is_some_and(|date| date > "2024"), "{again}");
    assert_eq!(events(&folder), 6, "the import itself removes nothing");
    let done = folder.json(&["maintain"]);
    assert_eq!((&done["removed"], &done["bare"]), (&json!(2), &json!(4)));
    assert_eq!(events(&folder), 0);
    let done = folder.json(&["maintain"]);
    assert_eq!((&done["removed"], &done["bare"]), (&json!(0), &json!(0)), "once is enough");

    let forever = "[site.shop]\ntimezone = 'UTC'\nretention = 'forever'\n\n[[site.shop.goal]]\nname = 'buy'\nrole = 'macro'\n\
                   counting = 'once_per_key'\n";
    folder.ok(&["goals", "apply", &folder.file("w.toml", forever)]);
    let args = import(&folder, "new.csv", &OLD.replace("2015", "2016"));
    folder.ok(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let query = folder.file("q.json", r#"{"overview": {}}"#);
    let answer = folder.json(&["query", "--site", "shop", &query]);
    let buy = &answer["total"]["goals"][0];
    assert_eq!((&buy["conversions"], &buy["repeats_removed"]), (&json!(0), &json!(2)), "{answer}");
    folder.ok(&["maintain"]);
    assert_eq!(events(&folder), 3);
    assert!(folder.ok(&["doctor"]).contains("Everything is as it was written"));
}
