//! Goals and funnels from a file and back, their versions and their lints.

use serde_json::json;

use super::{Folder, shop_csv, testdata};

#[test]
fn a_file_is_applied_with_versions_and_comes_back() {
    let folder = Folder::with(&shop_csv());
    let file = testdata("waymark.toml");
    let apply = || folder.json(&["goals", "apply", file.to_str().unwrap()]);
    let changes = apply()["changes"].clone();
    let names: Vec<&str> =
        changes.as_array().unwrap().iter().map(|change| change["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["shop", "purchase", "cart", "newsletter", "stayed ten minutes", "checkout"]);
    assert_eq!(apply()["changes"], json!([]));
    assert_eq!(folder.ok(&["goals", "export"]), std::fs::read_to_string(&file).unwrap());
    let text = std::fs::read_to_string(&file).unwrap().replace("event = \"addtocart\"", "event = \"view\"");
    let changed = folder.json(&["goals", "apply", &folder.file("w.toml", &text)])["changes"].clone();
    let expected =
        json!([{ "site": "shop", "subject": "goal", "name": "cart", "action": "changed", "version": 2 }]);
    assert_eq!(changed, expected);
    let list = folder.ok(&["goals", "list"]);
    assert!(list.contains("view > cart > newsletter > purchase"), "{list}");
    assert!(list.contains("version 2"), "{list}");
    let history = folder.json(&["goals", "list", "--history"]);
    let last = history.as_array().unwrap().last().unwrap();
    assert_eq!((last["action"].as_str(), last["by"].as_str()), (Some("changed"), Some("ada")));
}

#[test]
fn errors_point_at_their_place() {
    let folder = Folder::shop();
    let text = "[site.shop]\ntimezone = \"UTC\"\n\n[[site.shop.goal]]\nname = \"buy\"\nrole = \"marco\"\n";
    let file = folder.file("bad.toml", text);
    let check = folder.run(&["goals", "check", &file]);
    assert_eq!(check.code, 1);
    for part in ["bad.toml:6:8", "role = \"marco\"", "^^^^^^^", "did you mean `macro`?"] {
        assert!(check.out.contains(part), "`{part}` is not in\n{}", check.out);
    }
    folder.fails(&["goals", "apply", &file], 1, &["did you mean `macro`?", "1 error: nothing was applied"]);
    let json = folder.run(&["goals", "check", "--json", &file]);
    let found: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((json.code, found["errors"][0]["label"].as_str()), (1, Some("unknown")));
    assert_eq!(folder.json(&["goals", "list"])[0]["goals"].as_array().unwrap().len(), 4);
}

#[test]
fn lints_of_the_file_and_of_its_use() {
    let folder = Folder::shop();
    let codes = |args: &[&str]| {
        let ran = folder.run(&[args, &["--json"]].concat());
        let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        let codes =
            found["lints"].as_array().unwrap().iter().map(|lint| lint["code"].as_str().unwrap().to_owned());
        (ran.code, codes.collect::<Vec<_>>())
    };
    let file = testdata("waymark.toml");
    let good = codes(&["goals", "check", file.to_str().unwrap()]);
    assert_eq!(good, (0, vec!["macro_without_value".to_owned()]));
    let text = "[site.shop]\ntimezone = 'UTC'\n[[site.shop.goal]]\nname = 'view'\nrole = 'milestone'\n[[site.shop.goal]]\n\
                name = 'gone'\nrole = 'secondary'\n";
    let text = folder.file("doubtful.toml", text);
    assert_eq!(codes(&["goals", "check", &text]), (1, vec!["no_headline".to_owned()]));
    let with_data = codes(&["goals", "check", "--with-data", &text]);
    assert_eq!(with_data, (1, ["no_headline", "loose_goal", "dead_goal"].map(str::to_owned).to_vec()));
}

#[test]
fn a_site_that_is_not_there_is_not_made_by_a_file() {
    let folder = Folder::with(&shop_csv());
    let text = "[site.shpo]\ntimezone = 'UTC'\n";
    let said = ["there is no site called `shpo`", "hint: add it with `waymark site add shpo"];
    folder.fails(&["goals", "apply", &folder.file("w.toml", text)], 3, &said);
}
