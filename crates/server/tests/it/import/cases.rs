//! Files as people have them, through the real program: `testdata/cases`.

use std::path::Path;

use serde_json::Value;

use crate::cli::Folder;

fn case(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/cases").join(name);
    path.to_str().unwrap().to_owned()
}

/// A site with the goal `order`: purchases, once for each key, with their value.
fn shop() -> Folder {
    let folder = Folder::new_shop();
    let goal = std::fs::read_to_string(case("goal-order.toml")).unwrap().replace("SITE", "shop");
    let goal = folder.file("goal.toml", &goal);
    folder.ok(&["goals", "apply", &goal]);
    folder
}

fn import(folder: &Folder, file: &str, more: &[&str]) -> Value {
    folder.json(&[&["import", "--site", "shop", file], more].concat())
}

/// Conversions, repeats, gross and net of the goal `order`.
#[track_caller]
fn orders(folder: &Folder, expected: [i64; 4]) {
    let report = folder.json(&["report", "--site", "shop", "--from", "2026-06-01", "--to", "2026-12-31"]);
    let goal = &report["overview"]["total"]["goals"][0];
    let value = &goal["value"][0];
    let number = |value: &Value| value.as_i64().unwrap_or_default();
    let found = [
        number(&goal["conversions"]),
        number(&goal["repeats_removed"]),
        number(&value["gross"]),
        number(&value["net"]),
    ];
    assert_eq!(found, expected, "{goal:#}");
}

/// The events of the site, one a line.
fn events(folder: &Folder) -> Vec<Value> {
    let out = folder.ok(&["export", "--site", "shop"]);
    let mut events: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    events.sort_by_key(|event| event["time"].to_string());
    events
}

#[test]
fn placeholders_are_no_keys() {
    for file in ["key-undefined.csv", "key-dash.csv"] {
        let folder = shop();
        let done = import(&folder, &case(file), &[]);
        assert_eq!(done["report"]["notices"]["placeholder_key"]["count"], 3, "{file}");
        orders(&folder, [3, 0, 6000, 6000]);
        let said = shop().ok(&["import", "--site", "shop", &case(file)]);
        assert!(said.contains("3 rows have a placeholder instead of a key"), "{said}");
    }
}

#[test]
fn keys_are_trimmed_and_otherwise_untouched() {
    let folder = shop();
    import(&folder, &case("key-forms.csv"), &[]);
    orders(&folder, [4, 1, 10_000, 10_000]);
}

#[test]
fn a_visitor_is_somebody() {
    let folder = shop();
    let done = import(&folder, &case("visitors.csv"), &[]);
    let report = &done["report"];
    // `0`, `null`, `undefined` twice and the zero UUID are nobody; `17`, ` 17 ` and `17.0` are one.
    assert_eq!((&report["imported"], &report["rejected"]), (&6.into(), &5.into()));
    let reason = report["reasons"]["missing_field"]["reason"].as_str().unwrap();
    assert!(reason.contains("stands for none"), "{reason}");
    let mut visitors: Vec<String> =
        events(&folder).iter().map(|event| event["visitor"].to_string()).collect();
    visitors.sort();
    visitors.dedup();
    assert_eq!(visitors.len(), 4);
}

#[test]
fn a_refund_takes_back_whatever_its_sign() {
    for file in ["refund-positive.csv", "refund-negative.csv", "refund-no-currency.csv"] {
        let folder = shop();
        import(&folder, &case(file), &[]);
        orders(&folder, [2, 0, 8000, 6000]);
    }
    // Without an amount, the whole order is taken back.
    let folder = shop();
    import(&folder, &case("refund-full-no-value.csv"), &[]);
    orders(&folder, [2, 0, 8000, 3000]);
}

#[test]
fn an_event_id_is_imported_once() {
    let folder = shop();
    import(&folder, &case("june1.csv"), &[]);
    let second = import(&folder, &case("june1-2.csv"), &[]);
    assert_eq!((&second["added"], &second["duplicates"]), (&1.into(), &1.into()));
    let report = &second["report"];
    assert_eq!(
        (&report["rows"], &report["imported"], &report["duplicates"]),
        (&2.into(), &1.into(), &1.into())
    );
    assert_eq!(report["names"]["signup"], 1);
    assert_eq!(events(&folder).len(), 3);
    let again = folder.ok(&["import", "--site", "shop", "--again", &case("june1.csv")]);
    assert!(again.contains("2 rows read = 0 imported + 2 already there, by their event_id"), "{again}");
    assert_eq!(events(&folder).len(), 3);
}

#[test]
fn an_event_id_within_a_file_counts_once() {
    let folder = shop();
    let rows = "event_id,visitor,time,name\ne1,a,2026-06-01T10:00:00Z,x\ne1,a,2026-06-01T10:00:00Z,x\n,a,2026-06-01T10:00:00Z,x\n,a,2026-06-01T10:00:00Z,x\nnull,a,2026-06-01T10:00:00Z,x\n";
    let done = import(&folder, &folder.file("in.csv", rows), &[]);
    assert_eq!((&done["added"], &done["duplicates"]), (&4.into(), &1.into()));
    assert_eq!(done["report"]["notices"]["placeholder_event_id"]["count"], 1);
}

#[test]
fn escaped_quotes_cost_their_row_and_say_so() {
    let folder = shop();
    let done = import(&folder, &case("backslash.csv"), &[]);
    let reason = &done["report"]["reasons"]["text_after_quote"];
    assert_eq!((&done["added"], &reason["rows"], &reason["line"]), (&1.into(), &1.into(), &2.into()));
    assert!(reason["reason"].as_str().unwrap().contains("escaped by backslashes"), "{reason}");
}

#[test]
fn amounts_in_two_notations_are_refused_or_told() {
    let folder = shop();
    let args = ["import", "--site", "shop", &case("comma-decimal.csv")];
    folder.fails(
        &args,
        1,
        &["the amounts are mixed", "`19,90` in line 2", "`1.299` in line 5", "--decimal comma"],
    );
    assert_eq!(events(&folder).len(), 0);
    import(&folder, &case("comma-decimal.csv"), &["--decimal", "comma"]);
    orders(&folder, [5, 0, 1990 + 129_900 + 500 + 129_900 + 700, 1990 + 129_900 + 500 + 129_900 + 700]);
    let rounded = shop();
    let rows = "visitor,time,name,key,value,currency\na,2026-06-01T10:00:00Z,purchase,1,19.90,EUR\nb,2026-06-01T10:00:00Z,purchase,2,1.299,EUR\n";
    let said = rounded.ok(&["import", "--site", "shop", &rounded.file("in.csv", rows)]);
    let expected =
        "1 amount has more decimals than the currency and was rounded; the first in line 3: `1.299`";
    assert!(said.contains(expected), "{said}");
    orders(&rounded, [2, 0, 1990 + 130, 1990 + 130]);
}

#[test]
fn every_codec_of_parquet_is_read() {
    for file in ["codec-gzip.parquet", "codec-brotli.parquet", "codec-lz4.parquet"] {
        let folder = shop();
        import(&folder, &case(file), &[]);
        let found = events(&folder);
        let values: Vec<&Value> = found.iter().map(|event| &event["value_minor"]).collect();
        assert_eq!(values, [150, 250], "{file}");
    }
}

#[test]
fn what_other_programs_write_as_parquet() {
    let folder = shop();
    import(&folder, &case("duckdb-uuid.parquet"), &[]);
    let uuid = events(&folder);
    assert_eq!((&uuid[0]["value_minor"], uuid.len()), (&1990.into(), 1));
    // The same visitor as in a text.
    let rows = "visitor,time,name\nf90f76ae-6234-4c2d-aa31-a622a4988d66,2026-06-01T10:00:00Z,x\n";
    import(&folder, &folder.file("in.csv", rows), &[]);
    assert_eq!(events(&folder)[1]["visitor"], uuid[0]["visitor"]);

    let folder = shop();
    let map = "visitor=u.id,prop.plan=u.plan,prop.tags=tags";
    import(&folder, &case("duckdb-struct.parquet"), &["--map", map]);
    assert_eq!(events(&folder)[0]["prop"], serde_json::json!({ "plan": "pro", "tags": "[1,2]" }));

    // INT96 is UTC, whatever zone the site or the option says.
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "America/New_York"]);
    import(&folder, &case("spark-int96.parquet"), &["--zone", "Europe/Berlin"]);
    assert_eq!(events(&folder)[0]["time"], "2026-06-01T10:00:00.123Z");

    let folder = shop();
    import(&folder, &case("pandas-float-key.parquet"), &["--zone", "UTC"]);
    let rows = "visitor,time,name,key,value\n23,2026-06-01T11:00:01Z,purchase,1001,19.90\n";
    import(&folder, &folder.file("in.csv", rows), &[]);
    orders(&folder, [1, 1, 1990, 1990]);
}

#[test]
fn times_that_went_through_a_float() {
    for (file, time) in
        [("float-ns.parquet", "2026-06-01T10:00:00.123Z"), ("float-ns.ndjson", "2026-06-01T08:00:00.123Z")]
    {
        let folder = shop();
        import(&folder, &case(file), &[]);
        let times: Vec<Value> = events(&folder).iter().map(|event| event["time"].clone()).collect();
        assert_eq!(times, [time, time], "{file}");
    }
}

#[test]
fn local_times_take_the_zone_of_the_file() {
    let rows = "visitor,time,name\na,2026-06-01 10:00:00,x\n";
    for (zone, time) in [(None, "2026-06-01T08:00:00.000Z"), (Some("UTC"), "2026-06-01T10:00:00.000Z")] {
        let folder = Folder::new();
        folder.ok(&["site", "add", "shop", "--timezone", "Europe/Berlin"]);
        let file = folder.file("in.csv", rows);
        let more = zone.map_or(Vec::new(), |zone| vec!["--zone", zone]);
        let said = folder.ok(&[&["import", "--site", "shop", &file], &more[..]].concat());
        assert_eq!(said.contains("it needs `--zone UTC`"), zone.is_none(), "{said}");
        assert_eq!(events(&folder)[0]["time"], time);
    }
    let folder = shop();
    let file = folder.file("in.csv", rows);
    folder.fails(
        &["import", "--site", "shop", "--zone", "Berlin", &file],
        2,
        &["no time zone called `Berlin`"],
    );
    let rows = "visitor,time,name\na,2026-03-29 02:30:00,x\na,2026-10-25 02:30:00,x\n";
    let done = import(&folder, &folder.file("dst.csv", rows), &["--zone", "Europe/Berlin"]);
    assert_eq!(done["report"]["notices"]["skipped_time"]["line"], 2);
    assert_eq!(done["report"]["notices"]["repeated_time"]["line"], 3);
    let times: Vec<Value> = events(&folder).iter().map(|event| event["time"].clone()).collect();
    assert_eq!(times, ["2026-03-29T01:30:00.000Z", "2026-10-25T00:30:00.000Z"]);
}

#[test]
fn orders_of_a_shop_with_their_items() {
    let folder = shop();
    let map = "visitor=Email,time=Created at,name='purchase',key=Name,value=Total,currency=Currency";
    let done = import(&folder, &case("shopify-orders.csv"), &["--map", map]);
    let report = &done["report"];
    assert_eq!(
        (&report["imported"], &report["line_items"], &report["rejected"]),
        (&2.into(), &1.into(), &0.into())
    );
    orders(&folder, [2, 0, 7000, 7000]);
    let said = shop().ok(&["import", "--site", "shop", "--map", map, &case("shopify-orders.csv")]);
    assert!(said.contains("3 rows read = 2 imported + 1 further items of the order before them"), "{said}");
    // The same with the time of payment, which further items do not have.
    let paid = shop();
    let done = import(&paid, &case("shopify-orders.csv"), &["--map", &map.replace("Created at", "Paid at")]);
    assert_eq!((&done["report"]["line_items"], &done["report"]["rejected"]), (&1.into(), &0.into()));
    // Refunds are in a column of the order: the file once more, with another map.
    let refunds = map.replace("'purchase'", "'$refund'").replace("value=Total", "value=Refunded Amount");
    import(&folder, &case("shopify-orders.csv"), &["--again", "--map", &refunds]);
    orders(&folder, [2, 0, 7000, 4500]);
}

#[test]
fn the_number_of_an_order_is_never_proposed_as_the_name_of_an_event() {
    let folder = shop();
    let map = "visitor=Email,time=Created at";
    let args = ["import", "--site", "shop", "--map", map, &case("shopify-orders.csv")];
    folder.fails(&args, 1, &["no column says the `name`", "--map \"name='purchase',…\""]);
    assert!(!folder.run(&args).err.contains("name=Name"));
    let args = [
        "import",
        "--site",
        "shop",
        "--map",
        "visitor=Email,time=Created at,name=purchase",
        &case("shopify-orders.csv"),
    ];
    folder.fails(&args, 1, &["no column `purchase`", "name='purchase'"]);
}

#[test]
fn parameters_of_addresses_are_kept_as_the_collector_keeps_them() {
    let folder = Folder::new_shop();
    let site = folder.file("site.toml", "[site.shop]\ntimezone = 'UTC'\nquery_params = ['route']\n");
    folder.ok(&["goals", "apply", &site]);
    import(&folder, &case("query-params.csv"), &[]);
    let event = &events(&folder)[0];
    assert_eq!(event["prop"], serde_json::json!({ "route": "checkout/success", "utm_term": "tea" }));
    assert_eq!((&event["source"], &event["path"]), (&"news".into(), &"/index.php".into()));
    let rows = "visitor,time,name,url\na,2026-06-01T10:00:00Z,x,/index.php?route=a&token=b\na,2026-06-01T10:00:01Z,x,//S.example/b?route=c\n";
    import(&folder, &folder.file("in.csv", rows), &[]);
    let found = events(&folder);
    assert_eq!((&found[1]["prop"], found[1].get("host")), (&serde_json::json!({ "route": "a" }), None));
    assert_eq!((&found[2]["host"], &found[2]["path"]), (&"s.example".into(), &"/b".into()));
}

#[test]
fn messages_name_the_cause() {
    let folder = shop();
    for (file, said) in [
        ("dup-header.csv", &["more than one column `value`", "first line"][..]),
        ("pretty.ndjson", &["JSON written over several lines", "jq -c ."]),
    ] {
        folder.fails(&["import", "--site", "shop", &case(file)], 1, said);
    }
    let done = import(&folder, &case("excel-sep.csv"), &[]);
    assert_eq!((&done["added"], &done["report"]["delimiter"]), (&1.into(), &";".into()));
    assert_eq!(events(&folder)[0]["time"], "2026-06-01T10:00:00.000Z");
}

#[test]
fn an_export_is_read_back_as_it_was() {
    let folder = shop();
    import(&folder, &case("formula-props.csv"), &[]);
    for form in ["csv", "ndjson", "parquet"] {
        let file = folder.0.path().join(format!("out.{form}"));
        folder.ok(&["export", "--site", "shop", file.to_str().unwrap()]);
        let again = Folder::new_shop();
        import(&again, file.to_str().unwrap(), &[]);
        let props = |folder: &Folder| {
            let mut all: Vec<String> = events(folder).iter().map(|event| event["prop"].to_string()).collect();
            all.sort();
            all
        };
        assert_eq!(props(&again), props(&folder), "{form}");
        assert_eq!(props(&again)[1], r#"{"delta":"-5","t":"=1+1"}"#);
    }
}

#[test]
fn names_of_files_are_no_addresses_of_people() {
    let folder = shop();
    let done = import(&folder, &case("retina.csv"), &[]);
    assert_eq!(done["report"]["redacted"], 0);
    let event = &events(&folder)[0];
    assert_eq!(event["path"], "/img/hero@2x.png");
    assert_eq!(event["prop"], serde_json::json!({ "file": "logo@3x.webp", "v": "react@next.js" }));
}

#[test]
fn orders_seen_again_count_once() {
    let folder = shop();
    import(&folder, &case("revisit.csv"), &[]);
    orders(&folder, [1, 3, 1794, 1794]);
}

/// How far the only visitor of a case comes in a funnel of these steps.
#[track_caller]
fn depth(file: &str, steps: &str, order: &str, anchor: &str, expected: usize) {
    let folder = shop();
    import(&folder, &case(file), &[]);
    let args = ["funnel", "--site", "shop", "--steps", steps, "--order", order, "--anchor", anchor];
    let answer = folder.json(&args);
    let reached = answer["steps"].as_array().unwrap().iter().filter(|step| step["reached"] == 1);
    assert_eq!(reached.count(), expected, "{file}: {steps}, {order}, {anchor}\n{answer:#}");
}

/// Journeys for which other engines were found to count wrongly.
#[test]
fn journeys_that_start_again_reach_their_best_depth() {
    for (file, steps, order, anchor, expected) in [
        ("funnel-ch23057.csv", "Start > Anketa > Product > Finish", "ordered", "any", 4),
        ("funnel-ch23057.csv", "Start > Anketa > Product > Finish", "strict", "any", 3),
        ("funnel-ch23057.csv", "Start > Anketa > Finish", "strict", "any", 3),
        ("funnel-ch23057.csv", "Start > Anketa > Finish", "strict", "first", 2),
        ("funnel-ch36256.csv", "a > b > c", "ordered", "any", 2),
        ("funnel-ch36256.csv", "a > b > d > b", "strict", "any", 4),
        ("funnel-ch36256.csv", "a > d > b", "ordered", "any", 3),
        ("funnel-ch36256.csv", "a > d > b", "strict", "any", 1),
        ("funnel-ch37177.csv", "install > start > login > end", "ordered", "any", 4),
        ("funnel-ch37177.csv", "install > start > login > end", "strict", "any", 4),
        ("funnel-ch37177.csv", "install > start > login > end", "ordered", "first", 4),
        ("funnel-ch37177.csv", "install > start > login > end", "strict", "first", 3),
        ("funnel-ch51079.csv", "A > B > C > D", "ordered", "any", 4),
        ("funnel-ch51079.csv", "A > B > C > D", "strict", "any", 4),
        ("funnel-ch51079.csv", "A > B > D", "strict", "any", 2),
    ] {
        depth(file, steps, order, anchor, expected);
    }
}
