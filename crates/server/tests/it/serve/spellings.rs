//! One thing in several spellings is one thing: pages and hosts, however they came in and whoever asks for them.

use serde_json::{Value, json};

use super::server::{Server, stored};
use crate::cli::Folder;

const PATH: &str = "/kasse/bestätigung";
const SPELLINGS: [&str; 3] = [PATH, "/kasse/best%C3%A4tigung", "/kasse/best%c3%a4tigung"];

/// A goal of the site on these conditions.
fn definitions(conditions: &str) -> String {
    format!(
        "[site.shop]\ntimezone = \"UTC\"\nhosts = [\"bücher.example\", \"Shop.Example\"]\n[[site.shop.goal]]\nname = \"done\"\n\
         role = \"milestone\"\ncounting = \"every\"\n{conditions}\n"
    )
}

/// Page views of one page: three imported and three collected, each in another spelling.
fn visited() -> Folder {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    folder.ok(&["goals", "apply", &folder.file("waymark.toml", &definitions("event = \"pageview\""))]);
    let rows: Vec<String> = (1..)
        .zip(SPELLINGS)
        .map(|(visitor, path)| format!("{visitor},2026-06-01T10:00:00Z,pageview,Bücher.example,{path}"))
        .collect();
    let csv = format!("visitor,time,name,host,path\n{}\n", rows.join("\n"));
    folder.ok(&["import", "--site", "shop", &folder.file("views.csv", &csv)]);
    let server = Server::start(&folder, &[]);
    for (host, path) in
        ["bücher.example", "BÜCHER.example", "xn--bcher-kva.example"].into_iter().zip(SPELLINGS)
    {
        let event = json!({ "name": "pageview", "url": format!("https://{host}{path}") });
        assert_eq!(server.post(event.to_string()).json()["stored"], 1, "{event}");
    }
    server.stop();
    folder
}

fn ask(folder: &Folder, query: &Value) -> Value {
    folder.json(&["query", "--site", "shop", &folder.file("q.json", &query.to_string())])
}

#[test]
fn goals_find_a_page_in_every_spelling() {
    let folder = visited();
    let mut conditions = vec![
        "path = { starts_with = \"/kasse/best%C3%A4\" }".to_owned(),
        "path = { ends_with = \"tigung\", contains = \"bestä\" }".to_owned(),
        "path = \"/kasse/*ätigung\"".to_owned(),
        "path = { not_in = [\"/other\"] }".to_owned(),
        "host = \"bücher.example\"".to_owned(),
        "host = \"xn--bcher-kva.example\"".to_owned(),
        "host = { ends_with = \"ücher.example\" }".to_owned(),
    ];
    conditions.extend(SPELLINGS.map(|path| format!("path = \"{path}\"")));
    for conditions in conditions {
        folder.ok(&["goals", "apply", &folder.file("waymark.toml", &definitions(&conditions))]);
        let answer = ask(&folder, &json!({ "overview": {} }));
        assert_eq!(answer["total"]["goals"][0]["conversions"], 6, "{conditions}: {answer}");
    }
    let none = definitions(&format!("path = {{ not_in = [\"{}\"] }}", SPELLINGS[2]));
    folder.ok(&["goals", "apply", &folder.file("waymark.toml", &none)]);
    assert_eq!(ask(&folder, &json!({ "overview": {} }))["total"]["goals"][0]["conversions"], 0);
}

#[test]
fn filters_steps_and_breakdowns_do_too() {
    let folder = visited();
    for path in SPELLINGS {
        let rate =
            folder.json(&["rate", "--site", "shop", "--goal", "done", "--where", &format!("path={path}")]);
        assert!(rate.to_string().contains("\"denominator\":4"), "{path}: {rate}");
        let funnel = json!({ "funnel": { "steps": [{ "where": { "path": path } }, { "where": { "path": "/nowhere" } }] } });
        let answer = ask(&folder, &funnel);
        assert_eq!(answer["steps"][0]["reached"], 4, "{path}: {answer}");
    }
    for (by, value) in [("path", PATH), ("host", "bücher.example")] {
        let answer = ask(&folder, &json!({ "breakdown": { "by": by } }));
        let buckets = answer["buckets"].as_array().unwrap();
        let values: Vec<&str> = buckets.iter().filter_map(|bucket| bucket["value"].as_str()).collect();
        assert_eq!(values, [value], "{answer}");
    }
}

#[test]
fn what_cannot_match_is_an_error_when_it_is_defined() {
    let folder = visited();
    for (conditions, said) in [
        ("path = \"checkout\"", "write `/checkout`"),
        ("path = \"/a?b=1\"", "write `/a`"),
        ("path = \"https://shop.example/a\"", "host = \"shop.example\""),
        ("host = \"https://shop.example\"", "write the name alone"),
    ] {
        let file = folder.file("bad.toml", &definitions(conditions));
        folder.fails(&["goals", "apply", &file], 1, &["cannot match", said]);
    }
    let filter = ["rate", "--site", "shop", "--goal", "done", "--where", "path=checkout"];
    folder.fails(&filter, 2, &["cannot match", "write `/checkout`"]);
    let hosts = ["site", "add", "other", "--timezone", "UTC", "--host", "https://shop.example"];
    folder.fails(&hosts, 2, &["is not a host"]);
}

/// Whatever may be an address, or looks like one.
const PROPERTIES: [&str; 22] = [
    "https://shop.example/a?token=secret",
    "https://shop.example/a?utm_source=news&token=secret#top",
    "https://shop.example/a?item=7&token=secret",
    "https://ann:secret@shop.example/a",
    "https://shop.example/a#access_token=secret",
    "https://Shop.Example:8443/a?item=7",
    "http://bücher.example/käse?x=1",
    "/a?token=secret",
    "/a?item=7#top",
    "//shop.example/a?token=secret",
    "?token=secret&item=7",
    "#top",
    "https://shop.example/a",
    "HTTPS://shop.example/a?token=secret",
    "ftp://ann:secret@shop.example/a?b=c",
    "mailto:ann@shop.example?subject=x",
    "https://shop.example/reset?mail=ann@shop.example",
    "https://shop.example/ann@shop.example?b=c",
    "what? see https://shop.example/a?token=kept",
    "logo@3x.webp",
    "C# or F#?",
    "shop.example/a?token=kept",
];

#[test]
fn imports_keep_of_addresses_what_the_collector_keeps() {
    let props: Vec<(String, &str)> =
        (1..).zip(PROPERTIES).map(|(number, value)| (format!("p{number:02}"), value)).collect();
    let site = "[site.shop]\ntimezone = \"UTC\"\nquery_params = [\"item\"]\n";
    let kept = |fill: &dyn Fn(&Folder)| {
        let folder = Folder::new_shop();
        folder.ok(&["goals", "apply", &folder.file("site.toml", site)]);
        fill(&folder);
        let events = stored(&folder);
        assert_eq!(events.len(), 1);
        events[0]["prop"].clone()
    };
    let collected = kept(&|folder| {
        let server = Server::start(folder, &[]);
        let told: Value = props.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
        let event = json!({ "site": "shop", "name": "a", "props": told });
        assert_eq!(server.post(event.to_string()).json()["stored"], 1);
        server.stop();
    });
    // As columns, and as an object of properties.
    let columns = kept(&|folder| {
        let heads: String = props.iter().map(|(key, _)| format!(",prop.{key}")).collect();
        let cells: String = props.iter().map(|(_, value)| format!(",\"{value}\"")).collect();
        let csv = format!("visitor,time,name{heads}\na,2026-06-01T10:00:00Z,a{cells}\n");
        folder.ok(&["import", "--site", "shop", &folder.file("in.csv", &csv)]);
    });
    let object = kept(&|folder| {
        let told: Value = props.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
        let row = json!({ "visitor": "a", "time": "2026-06-01T10:00:00Z", "name": "a", "prop": told });
        folder.ok(&["import", "--site", "shop", &folder.file("in.ndjson", &format!("{row}\n"))]);
    });
    assert_eq!(columns, collected);
    assert_eq!(object, collected);
    assert!(!collected.to_string().contains("secret"), "{collected:#}");
}
