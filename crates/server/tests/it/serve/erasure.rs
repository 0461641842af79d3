//! A person who asked to be forgotten is in no file of the data folder, decoded or not: by the API while the server runs, and by
//! the command without it.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use parquet::file::reader::{FileReader as _, SerializedFileReader};
use serde_json::{Value, json};

use super::server::{EVENTS, Server};
use crate::cli::Folder;

const VISITOR: &str = "canary-visitor-51c2";
const USER: &str = "canary-user-51c2";
/// What their events tell.
const WORD: &str = "canary-word-51c2";
const ERASURES: &str = "/api/v1/sites/shop/erasures";

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Everything that a file says: its bytes, and of Parquet every value of every row.
fn content(path: &Path) -> Vec<u8> {
    let mut content = fs::read(path).unwrap_or_default();
    if path.extension().is_some_and(|extension| extension == "parquet") {
        let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
        for row in reader.get_row_iter(None).unwrap() {
            content.extend_from_slice(row.unwrap().to_string().as_bytes());
        }
    }
    content
}

/// The files that hold one of these.
fn holding(folder: &Folder, needles: &[Vec<u8>]) -> Vec<PathBuf> {
    let holds = |path: &PathBuf| {
        let content = content(path);
        needles.iter().any(|needle| content.windows(needle.len()).any(|window| window == needle))
    };
    let mut found = files(&folder.path());
    found.retain(|path| path.extension().is_none_or(|extension| extension != "sock") && holds(path));
    found
}

/// The person's words, and the pseudonyms that exports have of them, in all forms.
fn needles(folder: &Folder) -> Vec<Vec<u8>> {
    let mut needles = vec![VISITOR.into(), USER.into(), WORD.into()];
    for line in folder.ok(&["export", "--site", "shop", "--format", "ndjson"]).lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        if !line.contains(WORD) {
            continue;
        }
        for field in ["visitor", "user"] {
            let number: u64 = event[field].as_str().and_then(|number| number.parse().ok()).unwrap();
            needles.extend([number.to_string().into_bytes(), format!("{number:016x}").into_bytes()]);
            needles.extend([number.to_le_bytes().to_vec(), number.to_be_bytes().to_vec()]);
        }
    }
    assert!(needles.len() > 3, "the person's events are exported");
    needles
}

/// A site to which the person's events and those of others are sent and imported; the server runs, and has flushed some.
fn shop() -> (Folder, Server, String) {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    let key =
        |scope| folder.json(&["key", "add", "shop", "--scope", scope])["key"].as_str().unwrap().to_owned();
    let (collect, admin) = (key("collect"), key("admin"));
    let time = "2026-03-01T10:00:00Z";
    let csv =
        format!("visitor,user,time,name,word\n{VISITOR},{USER},{time},view,{WORD}\nother,,{time},view,x\n");
    let map = "visitor=visitor,user=user,time=time,name=name,prop.word=word";
    folder.ok(&["import", "--site", "shop", "--map", map, &folder.file("old.csv", &csv)]);
    let server = Server::start_with(&folder, &[], &[("WAYMARK_FLUSH_ROWS", "10")]);
    let bearer = format!("Bearer {collect}");
    let send = |visitor: &str, user: &str, word: &str| {
        let event = |number| json!({ "name": "view", "id": format!("{word}-{number}"), "visitor": visitor, "user": user, "props": { "word": word } });
        let body = json!({ "site": "shop", "events": (0..7).map(event).collect::<Vec<_>>() }).to_string();
        let answer =
            server.client().ask("POST", EVENTS, &[("authorization", &bearer)], body.as_bytes()).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
    };
    send(VISITOR, USER, WORD);
    send("someone-else", "another", "y");
    // Columns are decoded into the cache.
    folder.ok(&["query", "--site", "shop", &folder.file("q.json", r#"{"overview": {}}"#)]);
    (folder, server, admin)
}

fn words(folder: &Folder) -> Vec<usize> {
    let exported = folder.ok(&["export", "--site", "shop", "--format", "ndjson"]);
    [WORD, "\"x\"", "\"y\""].map(|word| exported.lines().filter(|line| line.contains(word)).count()).to_vec()
}

#[test]
fn by_the_api() {
    let (folder, server, admin) = shop();
    assert_eq!(words(&folder), [8, 1, 7]);
    let needles = needles(&folder);
    assert!(!holding(&folder, &needles).is_empty());
    let bearer = format!("Bearer {admin}");
    let ask = |method: &str, body: &str| {
        server.client().ask(method, ERASURES, &[("authorization", &bearer)], body.as_bytes()).unwrap()
    };
    for wrong in ["{}", r#"{"visitor": ""}"#, r#"{"visitor": "a", "user": "b"}"#] {
        assert_eq!(ask("POST", wrong).json()["error"]["code"], "bad_person");
    }
    let asked = ask("POST", &json!({ "visitor": VISITOR }).to_string());
    assert_eq!(asked.status, 202, "{}", asked.text());
    let begun = Instant::now();
    let done = loop {
        let listed = ask("GET", "").json();
        let item = listed["items"][0].clone();
        if !item["done"].is_null() {
            break item;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{listed}");
        std::thread::sleep(Duration::from_millis(50));
    };
    assert_eq!((&done["of"], &done["events"]), (&json!("visitor"), &json!(8)));
    assert_eq!(words(&folder), [0, 1, 7]);
    assert_eq!(holding(&folder, &needles), Vec::<PathBuf>::new());
    let said = server.stop();
    assert!(!said.contains("canary"), "{said}");
    assert_eq!(holding(&folder, &needles), Vec::<PathBuf>::new());
    assert!(folder.ok(&["doctor"]).contains("Everything is as it was written"));
}

#[test]
fn by_the_command() {
    let (folder, server, _) = shop();
    server.stop();
    let needles = needles(&folder);
    let done = folder.json(&["erase", "--site", "shop", "--user", USER]);
    assert_eq!((&done["events"], &done["put_aside"]), (&json!(8), &json!(0)));
    assert_eq!(words(&folder), [0, 1, 7]);
    assert_eq!(holding(&folder, &needles), Vec::<PathBuf>::new());
    let nobody = folder.ok(&["erase", "--site", "shop", "--visitor", "never-seen"]);
    assert!(nobody.contains("Removed 0 events") && nobody.contains("as your site sends it"), "{nobody}");
    folder.fails(&["erase", "--site", "shop"], 2, &["--visitor"]);
    assert!(folder.ok(&["doctor"]).contains("Everything is as it was written"));
}
