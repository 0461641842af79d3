//! Commands while the server runs: it runs them, and what they print is what they print without it.

use std::{
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    process::{Command, Stdio},
};

use super::server::{Server, stored};
use crate::cli::Folder;

fn event(site: &str, name: &str) -> String {
    format!(r#"{{"site":"{site}","name":"{name}"}}"#)
}

#[test]
fn a_command_prints_the_same_with_the_server_as_without() {
    let folder = Folder::shop();
    let commands: [&[&str]; 10] = [
        &["report", "--site", "shop"],
        &["report", "--site", "shop", "--json"],
        &["funnel", "--site", "shop", "--steps", "view > addtocart"],
        &["rate", "--site", "shop", "--goal", "nonsense"],
        &["rate", "--site", "shp", "--goal", "purchase"],
        &["goals", "list"],
        &["goals", "export"],
        &["site", "list"],
        &["doctor"],
        &["export", "--site", "shop", "--format", "csv"],
    ];
    let alone: Vec<_> = commands.iter().map(|args| folder.run(args)).collect();
    let server = Server::start(&folder, &[]);
    for (args, alone) in commands.iter().zip(&alone) {
        let served = folder.run(args);
        assert_eq!((served.code, &served.err), (alone.code, &alone.err), "{args:?}");
        // The order of equal export rows is the store's own; their set is not.
        let lines = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(lines(&served.out), lines(&alone.out), "{args:?}");
    }
    server.stop();
}

#[test]
fn what_a_command_changes_holds_when_it_ends() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    let server = Server::start(&folder, &[]);
    assert_eq!(server.post(event("other", "view")).status, 404);
    folder.ok(&["site", "add", "other", "--timezone", "UTC"]);
    assert_eq!(server.post(event("other", "view")).status, 200);
    let text = "[site.shop]\ntimezone = 'UTC'\nhosts = ['shop.example']\n[[site.shop.goal]]\nname = 'view'\nrole = 'macro'\n";
    folder.file("waymark.toml", text);
    let applied = Command::new(env!("CARGO_BIN_EXE_waymark"))
        .args(["--data", "data", "goals", "apply", "waymark.toml"])
        .current_dir(folder.path().parent().unwrap())
        .env("USER", "grace")
        .output()
        .unwrap();
    assert!(applied.status.success(), "{applied:?}");
    let history = folder.json(&["goals", "list", "--site", "shop", "--history"]);
    assert!(history.as_array().unwrap().iter().any(|change| change["by"] == "grace"), "{history}");
    assert_eq!(
        server.post(r#"{"name":"view","url":"https://shop.example/"}"#).status,
        200,
        "found by its host"
    );
    server.stop();
    assert_eq!(stored(&folder).len(), 1);
}

#[test]
fn input_output_and_files_go_through() {
    let folder = Folder::shop();
    let server = Server::start(&folder, &[]);
    let mut asked = Command::new(env!("CARGO_BIN_EXE_waymark"))
        .arg("--data")
        .arg(folder.path())
        .args(["query", "--site", "shop", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    asked.stdin.take().unwrap().write_all(br#"{"overview":{}}"#).unwrap();
    let answer = asked.wait_with_output().unwrap();
    assert!(answer.status.success() && !answer.stdout.is_empty(), "{answer:?}");
    let parquet = folder.path().with_file_name("events.parquet");
    folder.ok(&["export", "--site", "shop", parquet.to_str().unwrap()]);
    let bytes = std::fs::read(&parquet).unwrap();
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
    folder.ok(&["site", "add", "copy", "--timezone", "UTC"]);
    let csv = folder.path().with_file_name("events.csv");
    folder.ok(&["export", "--site", "shop", csv.to_str().unwrap()]);
    assert!(folder.ok(&["import", "--site", "copy", csv.to_str().unwrap()]).contains("Imported"));
    assert_eq!(server.post(event("shop", "view")).status, 200);
    let backup = folder.path().with_file_name("backup");
    folder.ok(&["backup", backup.to_str().unwrap()]);
    folder.ok(&["maintain"]);
    let held = format!("process {}", server.id());
    let path = folder.path();
    let restored = path.with_file_name("restored");
    let copy = Command::new(env!("CARGO_BIN_EXE_waymark"))
        .arg("--data")
        .arg(&restored)
        .args(["restore"])
        .arg(&backup)
        .output()
        .unwrap();
    assert!(copy.status.success(), "{copy:?}");
    folder.fails(&["serve", "--listen", "127.0.0.1:0"], 4, &["in use by", &held, "serve"]);
    server.stop();
}

#[test]
fn the_socket_is_the_owners_and_goes_with_the_server() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    let socket = folder.path().join("serve.sock");
    let server = Server::start(&folder, &[]);
    assert_eq!(std::fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    server.kill();
    assert!(socket.exists(), "a killed server leaves its socket");
    folder.ok(&["site", "list"]);
    let server = Server::start(&folder, &[]);
    folder.ok(&["site", "list"]);
    server.stop();
    assert!(!socket.exists());
}

#[test]
fn a_folder_whose_path_is_too_long_for_a_socket_is_served_all_the_same() {
    let folder = Folder::new();
    let long = folder.path().join("x".repeat(120));
    std::fs::create_dir_all(long.parent().unwrap()).unwrap();
    let waymark = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_waymark"));
        command.arg("--data").arg(&long).args(args);
        command
    };
    assert!(waymark(&["site", "add", "shop", "--timezone", "UTC"]).status().unwrap().success());
    let server = Server::at(&long, &[], &[]);
    assert_eq!(server.post(event("shop", "view")).status, 200);
    let refused = waymark(&["site", "list"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(4));
    let said = server.stop();
    assert!(said.contains("its path may be too long"), "{said}");
}
