//! What the configuration says, from which of its places, and what it refuses.

use std::{path::Path, time::Duration};

use clap::{Command, FromArgMatches as _, Parser as _};

use super::*;

#[derive(clap::Parser)]
struct Given {
    #[command(flatten)]
    flags: Flags,
}

fn flags(args: &[&str]) -> Flags {
    Given::try_parse_from(std::iter::once(&"serve").chain(args)).unwrap().flags
}

/// The configuration of a file and arguments, or what is wrong.
fn read(text: &str, args: &[&str]) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(FILE), text).unwrap();
    flags(args).config(folder.path()).map_err(|error| match error {
        ConfigError::File { errors, text, .. } => errors
            .iter()
            .map(|error| {
                let hint = error.hint.as_deref().unwrap_or("");
                format!("{}: {} {hint}", &text[error.span.clone()], error.message)
            })
            .collect::<Vec<_>>()
            .join("\n"),
        error => error.to_string(),
    })
}

#[track_caller]
fn check(text: &str, args: &[&str], expected: impl FnOnce(&mut Config)) {
    let mut config = Config::default();
    expected(&mut config);
    assert_eq!(read(text, args), Ok(config), "{text} {args:?}");
}

#[track_caller]
fn refused(text: &str, args: &[&str], parts: &[&str]) {
    let error = read(text, args).unwrap_err();
    for part in parts {
        assert!(error.contains(part), "{text}: `{part}` is not in\n{error}");
    }
}

fn networks(texts: &[&str]) -> Vec<Network> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn an_argument_comes_before_the_file_and_that_before_the_default() {
    check("", &[], |_| ());
    let listen =
        |port: u16| move |config: &mut Config| config.listen = SocketAddr::from(([127, 0, 0, 1], port));
    check("listen = '127.0.0.1:81'", &[], listen(81));
    check("listen = '127.0.0.1:81'", &["--listen", "127.0.0.1:82"], listen(82));
    check("", &["--listen", ""], |_| ());
}

#[test]
fn every_kind_of_value_is_read() {
    check("trusted_proxies = ['127.0.0.1', '10.0.0.0/8']", &[], |config| {
        config.trusted_proxies = networks(&["127.0.0.1", "10.0.0.0/8"]);
    });
    check("", &["--trusted-proxies", "127.0.0.1,::1/128"], |config| {
        config.trusted_proxies = networks(&["127.0.0.1/32", "::1"]);
    });
    check("rate_limit = 1_000\nconnections = 5", &[], |config| {
        (config.rate_limit, config.connections) = (Some(1_000), 5);
    });
    check("question_time = '2m'", &[], |config| config.question_time = Some(Duration::from_secs(120)));
    check("", &["--question-time", "off"], |config| config.question_time = None);
    for off in ["rate_limit = 'off'", "rate_limit = false"] {
        check(off, &[], |config| config.rate_limit = None);
    }
    check("[log]\nformat = 'json'\nlevel = 'warn'", &[], |config| {
        (config.log_format, config.log_level) = (LogFormat::Json, LevelFilter::WARN);
    });
    check("truncate_ip = true", &[], |config| config.truncation = Truncation::Network);
    check("shop = true", &[], |config| config.shop = true);
    check("paths.events = '/e'\nforwarded_header = 'Forwarded'", &[], |config| {
        (config.events_path, config.forwarded) = ("/e".to_owned(), Forwarded::Standard);
    });
}

#[test]
fn files_beside_the_configuration_are_named_from_there() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(FILE), "[tls]\ncertificate = 'a.pem'\nkey = '/etc/b.pem'").unwrap();
    let config = flags(&[]).config(folder.path()).unwrap();
    assert_eq!(config.certificate, Some(folder.path().join("a.pem")));
    assert_eq!(config.certificate_key.as_deref(), Some(Path::new("/etc/b.pem")));
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    refused("lisen = 'x'", &[], &["lisen: ", "no key `lisen`", "did you mean `listen`?"]);
    refused("[tls]\ncertificat = 'x'", &[], &["certificat: ", "did you mean `tls.certificate`?"]);
    refused("[log.level]\na = 1", &[], &["[log.level]: ", "`log.level` is one value"]);
    refused("listen = 8080\nmetrics = 'x'", &[], &["8080: ", "no address", "'x': "]);
    refused("paths.script = 'wm.js'", &[], &["begin with `/`"]);
    refused("paths.events = '/v1/{x}'", &[], &["is no path"]);
    refused("log.level = 'wrn'", &[], &["did you mean `warn`?"]);
    refused("trusted_proxies = ['10.0.0.0/40']", &[], &["not a valid network"]);
    refused("rate_limit = 0", &[], &["neither"]);
    for bad in ["soon", "0s", "-5s"] {
        refused(&format!("question_time = '{bad}'"), &[], &["not a length of time"]);
    }
    refused("rate_limit = 1.5", &[], &["1.5: ", "one value"]);
    refused("public_url = 'https://a.example/x'", &[], &["has a path"]);
    refused("public_url = 'a.example'", &[], &["no address of a server"]);
    refused("a = ", &[], &["no TOML"]);
    refused("", &["--tls-key", "a.pem"], &["belong together"]);
    refused("paths.pixel = '/wm.js'", &[], &["two of the `paths`"]);
    refused("paths.events = '/wm-more.js'", &[], &["two of the `paths`"]);
    for reserved in ["/health/live", "/shop/wm.js"] {
        refused(&format!("paths.pixel = '{reserved}'"), &[], &["cannot begin with"]);
    }
    let folder = tempfile::tempdir().unwrap();
    let missing = flags(&["--config", "nowhere.toml"]).config(folder.path());
    assert!(matches!(missing, Err(ConfigError::Read { .. })));
    assert!(Given::try_parse_from(["serve", "--listen", "nowhere"]).is_err());
}

#[test]
fn a_public_url_that_can_be_read_on_its_way_is_warned_of() {
    let warns = |url: &str| !read(&format!("public_url = '{url}'"), &[]).unwrap().warnings().is_empty();
    for (url, expected) in [
        ("https://stats.shop.example", false),
        ("http://stats.shop.example", true),
        ("http://127.0.0.1:8080/", false),
        ("http://[::1]:8080", false),
        ("http://localhost", false),
        ("http://10.0.0.1", true),
    ] {
        assert_eq!(warns(url), expected, "{url}");
    }
    let at = |listen: &str| read(&format!("listen = '{listen}'"), &[]).unwrap().warnings().len();
    assert_eq!([at("127.0.0.1:80"), at("[::1]:80"), at("0.0.0.0:80")], [0, 0, 1]);
    assert_eq!(read("country_header = 'cf-ipcountry'", &[]).unwrap().warnings().len(), 1);
}

#[test]
fn the_names_of_a_key_follow_from_each_other() {
    for key in KEYS {
        let words = key.name.replace(['.', '_'], "-");
        let flag = words.strip_prefix("paths-").map_or(words.clone(), |path| format!("{path}-path"));
        assert_eq!(key.flag, flag, "{}", key.name);
        let variable = format!("WAYMARK_{}", words.replace('-', "_").to_uppercase());
        assert_eq!(key.variable, variable, "{}", key.name);
    }
    let command = <Flags as clap::Args>::augment_args(Command::new("serve").no_binary_name(true));
    assert!(Flags::from_arg_matches(&command.get_matches_from(Vec::<String>::new())).is_ok());
}

#[test]
fn the_documentation_names_the_same_keys() {
    let docs = include_str!("../../../../docs/configuration.md");
    let rows: Vec<&str> =
        docs.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(rows, KEYS.map(|key| key.name));
    for key in KEYS {
        for name in [&format!("`--{}`", key.flag), key.variable] {
            assert!(docs.contains(name), "{name} is not in docs/configuration.md");
        }
    }
}
