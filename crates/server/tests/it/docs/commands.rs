//! Commands of the documents, run by a shell in a folder of their own.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use super::{
    exports,
    snippets::{Snippet, inline_commands, of, root, snippets},
};
use crate::{
    cli::Folder,
    serve::{client::Client, server::Server},
};

/// What a stub is called and what it does. Stubs stand for programs that change the machine, and for a server that runs on.
const STUBS: [(&str, &str); 5] = [
    // It serves until it listens.
    (
        "waymark",
        r#"case " $* " in *" serve "*|*" demo "*) ;; *) exec "$PROGRAM" "$@" ;; esac
mkfifo said.$$
WAYMARK_LISTEN=127.0.0.1:0 "$PROGRAM" "$@" >said.$$ 2>&1 &
while read -r line; do
  echo "$line"
  case "$line" in *"listens on"*|*"Ctrl-C"*) kill -TERM $! ;; esac
done <said.$$
wait $!"#,
    ),
    // The project's own tasks: each is one that `xtask` knows.
    ("cargo", r#"[ "$1" = xtask ] && grep -qiE "^    $2[,(]" "$ROOT/xtask/src/main.rs""#),
    ("useradd", ":"),
    ("systemctl", ":"),
    ("sudo", r#"shift 2; exec "$@""#),
];

/// Folders of the system that commands name; each is one below the test's own folder.
const FOLDERS: [&str; 3] = ["/var/lib/waymark", "/var/backups/waymark", "/etc/systemd/system"];

/// A folder to run commands in.
struct Shell(TempDir);

impl Shell {
    fn new() -> Self {
        let shell = Self(tempfile::tempdir().unwrap());
        for (name, script) in STUBS {
            let path = shell.file(&format!("bin/{name}"), &format!("#!/bin/sh\n{script}\n"));
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        for folder in FOLDERS {
            fs::create_dir_all(shell.path().join(folder.trim_start_matches('/'))).unwrap();
        }
        std::os::unix::fs::symlink(root().join("packaging"), shell.path().join("packaging")).unwrap();
        shell
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// Runs a snippet as it stands, but for folders of the system; gives what it prints.
    fn run(&self, snippet: &Snippet, variables: &[(&str, &str)]) -> String {
        let mut text = snippet.text.replace("events.parquet", "events.ndjson");
        for folder in FOLDERS {
            text =
                text.replace(folder, &self.path().join(folder.trim_start_matches('/')).display().to_string());
        }
        let path = format!("{}:{}", self.path().join("bin").display(), std::env::var("PATH").unwrap());
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c", &text])
            .current_dir(self.path())
            .env("PATH", path)
            .env("PROGRAM", env!("CARGO_BIN_EXE_waymark"))
            .env("ROOT", root())
            .env_remove("WAYMARK_DATA")
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        assert!(output.status.success(), "{}\n{text}\n{out}\n{err}", snippet.place());
        out
    }
}

#[test]
fn the_readme_does_what_it_says() {
    let shell = Shell::new();
    shell.file("events.csv", &of("README.md", &["csv"])[0].text);
    shell.file("waymark.toml", &of("README.md", &["toml"])[0].text);
    let said: String = of("README.md", &["sh"]).iter().map(|snippet| shell.run(snippet, &[])).collect();
    for shown in of("README.md", &["text"]) {
        // A password and a port of the demonstration are made when it starts.
        let lines = shown.text.lines().filter(|line| !line.contains("127.0.0.1") && !line.contains("demo"));
        for line in lines.filter(|line| !line.is_empty()) {
            assert!(said.contains(line), "{}: `{line}` is not in\n{said}", shown.place());
        }
    }
}

#[test]
fn the_labels_of_the_demonstration_are_those_of_the_readme() {
    let said = fs::read_to_string(root().join("crates/server/src/cli/demo/show.rs")).unwrap();
    let shown =
        of("README.md", &["text"]).into_iter().find(|shown| shown.text.contains("sign in as")).unwrap();
    for line in shown.text.lines().filter(|line| !line.is_empty()) {
        let label = line.trim_start().split("  ").next().unwrap();
        assert!(said.contains(label), "{}: `{label}`", shown.place());
    }
}

#[test]
fn the_first_start_shows_how_to_make_an_account() {
    let folder = Folder::new_shop();
    let (_server, said) = Server::start(&folder, &[]).said_so_far();
    let shown = of("docs/accounts.md", &["text"]);
    let (sentence, _) = shown[0].text.split_once("https://").unwrap();
    assert!(said.contains(sentence), "`{sentence}` is not in\n{said}");
}

/// Documents whose commands need no more than a site with events.
#[test]
fn commands_of_the_documents_run() {
    let needs_more = ["README.md", "docs/api.md"];
    let shell = Shell::new();
    shell.file("events.csv", &of("README.md", &["csv"])[0].text);
    shell.file("waymark.toml", &of("docs/waymark-toml.md", &["toml"])[0].text);
    let (mut ran, mut at) = (0, String::new());
    for snippet in snippets().iter().filter(|snippet| snippet.language == "sh") {
        if needs_more.contains(&snippet.file.as_str()) {
            continue;
        }
        if at != snippet.file {
            at.clone_from(&snippet.file);
            fs::remove_dir_all(shell.path().join("waymark-data")).ok();
            let text = "waymark site add shop --timezone UTC".to_owned();
            shell.run(&Snippet { text, file: at.clone(), line: 0, language: "sh".to_owned() }, &[]);
        }
        exports::write_for(&snippet.text, |name, text| {
            shell.file(name, text);
        });
        shell.run(snippet, &[]);
        ran += 1;
    }
    assert!(ran > 2, "only {ran} snippets ran");
}

#[test]
fn calls_of_the_api_are_answered() {
    let folder = Folder::shop();
    let server = Server::start(&folder, &[]);
    let made = folder.json(&["key", "add", "shop", "--scope", "admin"]);
    let key = made["key"].as_str().unwrap();
    let shell = Shell::new();
    for mut snippet in of("docs/api.md", &["sh"]) {
        let base = format!("http://{}", server.address);
        snippet.text =
            snippet.text.replace("https://stats.shop.example", &base).replace("curl ", "curl -sSf ");
        if snippet.text.contains("If-Match") {
            let authorization = format!("Bearer {key}");
            let mut client = Client::connect(server.address).unwrap();
            let headers = [("authorization", authorization.as_str())];
            let answer = client.ask("GET", "/api/v1/sites/shop/definitions", &headers, b"").unwrap();
            snippet.text = snippet.text.replace("\"…\"", answer.json()["etag"].as_str().unwrap());
        }
        let said = shell.run(&snippet, &[("KEY", key)]);
        assert!(serde_json::from_str::<serde_json::Value>(&said).is_ok(), "{}: {said}", snippet.place());
    }
}

/// What stands for something else in a call within the text.
const PLACEHOLDERS: [(&str, &str); 12] = [
    ("SITE", "shop"),
    ("NAME", "shop"),
    ("KEY", "A-1001"),
    ("ZONE", "UTC"),
    ("FIELD=COLUMN,…", "visitor=visitorid,time=timestamp,name=event"),
    ("FILE", "events.csv"),
    ("COPY", "copy"),
    ("NEW", "new"),
    ("COMMAND", "import"),
    ("FOLDER", "copy"),
    ("[", ""),
    ("]", ""),
];

#[test]
fn calls_within_the_text_are_understood() {
    let calls = inline_commands();
    assert!(calls.len() > 15, "only {} were found", calls.len());
    for (file, call) in calls {
        let shell = Shell::new();
        shell.file("events.csv", &of("README.md", &["csv"])[0].text);
        let mut text = call.clone();
        for (placeholder, value) in PLACEHOLDERS {
            text = text.replace(placeholder, value);
        }
        // Whether it can do what it should depends on the folder; that its arguments are known does not.
        let snippet = Snippet { file, line: 0, language: "sh".to_owned(), text: understood(&text) };
        shell.run(&snippet, &[]);
    }
}

/// The call, whose arguments the program must know; a command that is only named may lack some.
fn understood(call: &str) -> String {
    format!(
        "said=$({call} 2>&1) || case \"$said\" in \
         *'required arguments'*|*'requires a subcommand'*|*Commands:*) ;; *Usage:*) echo \"$said\"; exit 1 ;; esac"
    )
}
