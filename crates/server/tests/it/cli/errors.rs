//! What is said when something is wrong, and with which code the program ends.

use super::{Folder, MAP, shop_csv, testdata};

#[test]
fn unknown_names_are_answered_with_the_nearest() {
    let folder = Folder::shop();
    let rate = |site: &str, goal: &str, said: &[&str]| {
        folder.fails(&["rate", "--site", site, "--goal", goal], 3, said);
    };
    rate("shp", "purchase", &["error: there is no site called `shp`", "hint: did you mean `shop`?"]);
    rate("elsewhere", "purchase", &["hint: sites: shop"]);
    rate("shop", "purchas", &["error: there is no goal called `purchas`", "hint: did you mean `purchase`?"]);
    rate("shop", "transacton", &["hint: did you mean `transaction`?"]);
    rate("shop", "xyzzy", &["hint: goals and events: purchase, cart"]);
    let funnel = ["funnel", "--site", "shop", "--name", "chekout"];
    folder.fails(&funnel, 3, &["there is no funnel called `chekout`", "did you mean `checkout`?"]);
}

#[test]
fn a_step_that_nothing_ever_matched_is_pointed_out() {
    let folder = Folder::shop();
    let ran = folder.run(&["funnel", "--site", "shop", "--steps", "vieew > cart"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("no event called `vieew` was ever recorded"), "{}", ran.err);
    assert!(ran.err.contains("hint: did you mean `view`?"), "{}", ran.err);
    let answer = folder.json(&["funnel", "--site", "shop", "--steps", "vieew > cart"]);
    assert_eq!(answer["warnings"][0]["hint"], "did you mean `view`?");
}

#[test]
fn bad_arguments_end_with_2() {
    let folder = Folder::shop();
    let funnel = |options: &[&str], said: &[&str]| {
        folder.fails(&[&["funnel", "--site", "shop"], options].concat(), 2, said);
    };
    funnel(
        &["--steps", "view"],
        &["--steps", "a funnel has 2 to 12 steps", "error: the steps cannot be read"],
    );
    funnel(&["--steps", "view > > cart"], &["a step is empty", "nothing here"]);
    funnel(&["--steps", "a > b", "--count", "pair"], &["counting pairs needs a property"]);
    funnel(&["--steps", "a > b", "--order", "any", "--anchor", "first"], &["has no meaning with"]);
    funnel(&["--steps", "a > b", "--window", "soon"], &["`soon` is no duration"]);
    funnel(&["--steps", "a > b", "--order", "sorted"], &["invalid value 'sorted'"]);
    funnel(&["--steps", "a > b", "--from", "yesterday"], &["neither a date", "hint: write dates"]);
    funnel(
        &["--steps", "a > b", "--where", "devise=x"],
        &["no column is called `devise`", "did you mean `device`?"],
    );
    funnel(&[], &["required"]);
    folder.fails(
        &["rate", "--site", "shop", "--goal", "purchase", "--base", "visits"],
        2,
        &["use `visitor`"],
    );
    folder.fails(&["site", "add", "A b", "--timezone", "UTC"], 2, &["cannot be a site's name"]);
    folder.fails(&["site", "add", "b", "--timezone", "Europe/Nowhere"], 2, &["no time zone called"]);
    folder.fails(&["export", "--site", "shop", "events.xlsx"], 2, &["hint: say `--format csv`"]);
}

#[test]
fn rates_of_different_things_are_not_compared() {
    let folder = Folder::shop();
    let compare = |from: &str, to: &str, said: &[&str]| {
        let text = format!("{{\"compare\": {{\"from\": {from}, \"to\": {to}}}}}");
        folder.fails(&["query", "--site", "shop", &folder.file("q.json", &text)], 2, said);
    };
    let purchase = r#"{"goal": "purchase"}"#;
    compare(purchase, r#"{"goal": "cart"}"#, &["incomparable_rates", "differ in goal", "hint:"]);
    compare(
        purchase,
        r#"{"goal": "purchase", "base": "session"}"#,
        &["incomparable_rates", "differ in base"],
    );
    compare(purchase, purchase, &["one and the same rate"]);
}

#[test]
fn folders_that_cannot_be_used_end_with_4() {
    let folder = Folder::new();
    let list = ["site", "list"];
    folder.fails(&list, 4, &["there is no data folder", "hint:"]);
    folder.fails(&["maintain"], 4, &["there is no data folder"]);
    assert!(!folder.path().exists());
    std::fs::create_dir(folder.path()).unwrap();
    std::fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    folder.fails(&["site", "add", "shop", "--timezone", "UTC"], 4, &["is no Waymark data folder"]);
    std::fs::remove_file(folder.path().join("notes.txt")).unwrap();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    std::fs::write(folder.path().join("FORMAT"), "waymark-data 99\n").unwrap();
    folder.fails(&list, 4, &["has format 99", "upgrade Waymark"]);
}

#[test]
fn a_folder_in_use_is_left_alone() {
    let folder = Folder::shop();
    let lock = std::fs::File::open(folder.path().join("LOCK")).unwrap();
    lock.lock().unwrap();
    let file = testdata("waymark.toml");
    folder.fails(&["goals", "apply", file.to_str().unwrap()], 4, &["is in use by", "nothing was changed"]);
    folder.fails(&["site", "list"], 4, &["is in use by"]);
    lock.unlock().unwrap();
    // Readers do not mind each other.
    lock.lock_shared().unwrap();
    folder.ok(&["site", "list"]);
}

#[test]
fn files_that_are_missing_or_wrong() {
    let folder = Folder::shop();
    folder.fails(&["goals", "apply", "nowhere.toml"], 3, &["cannot read nowhere.toml"]);
    folder.fails(&["query", "--site", "shop", "nowhere.json"], 3, &["cannot read nowhere.json"]);
    folder.fails(&["import", "--site", "shop", "nowhere.csv"], 3, &["there is no file `nowhere.csv`"]);
    let file = shop_csv();
    let file = file.to_str().unwrap();
    let import = |map: &str, code, said: &[&str]| {
        folder.fails(&["import", "--site", "shop", "--again", "--map", map, file], code, said);
    };
    import("visitr=visitorid", 2, &["names a field `visitr`", "did you mean `visitor`?"]);
    import(
        "visitor=visitor,time=timestamp,name=event",
        1,
        &["no column `visitor`", "did you mean `visitorid`?"],
    );
    folder.fails(&["import", "--site", "shop", "--format", "parquet", "--map", MAP, file], 1, &["error:"]);
    assert_eq!(folder.json(&["site", "list"])[0]["events"], 269);
}

#[test]
fn names_of_events_cannot_steer_the_terminal() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    let rows = "visitor,time,name\n1,2026-03-01T00:00:00Z,\u{1b}[31mred\n";
    folder.ok(&["import", "--site", "shop", &folder.file("in.csv", rows)]);
    folder.fails(&["rate", "--site", "shop", "--goal", "xyzzy"], 3, &["goals and events: [31mred"]);
    for args in [&["report", "--site", "shop"][..], &["funnel", "--site", "shop", "--steps", "a > b"]] {
        let ran = folder.run(args);
        assert!(!ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'), "{}{}", ran.out, ran.err);
    }
}

#[test]
fn a_query_that_is_none() {
    let folder = Folder::shop();
    let query = |text: &str, said: &[&str]| {
        folder.fails(&["query", "--site", "shop", &folder.file("q.json", text)], 2, said);
    };
    query(
        r#"{"rate": {"gaol": "purchase"}}"#,
        &["unknown field `gaol`", "line 1", "hint: did you mean `goal`?"],
    );
    query("{", &["this is no query"]);
    query(r#"{"funnel": {}}"#, &["either by `name` or by `steps`"]);
    query(r#"{"funnel": {"name": "checkout", "window": "1h"}}"#, &["not by both"]);
    query(r#"{"breakdown": {"by": "device", "unit": "user"}}"#, &["counts visitors or sessions"]);
}
