//! Addresses in files: where packages come from is the user's setting, so no file names a package registry or a
//! download address. Lock files are written by their tools and left out.

use super::Finding;
use super::sources::Sources;

/// A host with one of these among its labels hands out packages.
const REGISTRY_LABELS: [&str; 16] = [
    "artifactory",
    "crates",
    "docker",
    "ghcr",
    "golang",
    "jsdelivr",
    "mirror",
    "mirrors",
    "nexus",
    "npmjs",
    "pypi",
    "pythonhosted",
    "quay",
    "registry",
    "rubygems",
    "unpkg",
];
/// A path with one of these hands out built files.
const DOWNLOAD_PATHS: [&str; 3] = ["/releases/download/", "/-/archive/", "/archive/refs/"];

/// All text files but lock files.
pub(super) fn check(sources: &Sources) -> Vec<Finding> {
    let in_line = |path: &str, number: usize, line: &str| -> Vec<Finding> {
        let place = format!("{path}:{}", number + 1);
        let refused = addresses(line).filter(|address| is_refused(address));
        refused
            .map(|address| {
                Finding::error(&place, format!("`{address}`: name no registry or download address"))
            })
            .collect()
    };
    sources
        .files()
        .filter(|(path, _)| !is_lock(path))
        .flat_map(|(path, text)| {
            text.lines().enumerate().flat_map(move |(number, line)| in_line(path, number, line))
        })
        .collect()
}

fn is_lock(path: &str) -> bool {
    path.ends_with(".lock") || path.ends_with("package-lock.json")
}

/// What follows `http:` or `https:` and two slashes, up to white space, a quote or a bracket.
fn addresses(line: &str) -> impl Iterator<Item = &str> {
    let ends = |c: char| c.is_whitespace() || "\"'`<>()[]{}|".contains(c);
    let after = |scheme| line.split(scheme).skip(1);
    after("http://").chain(after("https://")).map(move |rest| rest.split(ends).next().unwrap_or_default())
}

fn is_refused(address: &str) -> bool {
    let host = address.split(['/', ':', '?', '#']).next().unwrap_or_default();
    host.split('.').any(|label| REGISTRY_LABELS.contains(&label.to_ascii_lowercase().as_str()))
        || DOWNLOAD_PATHS.iter().any(|path| address.contains(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn found(path: &str, line: &str, expected: usize) {
        let line = line.replace("SCHEME", "https:/");
        assert_eq!(check(&Sources::from([(path, line.as_str())])).len(), expected, "{line}");
    }

    #[test]
    fn registries_and_downloads_are_refused() {
        found("a.toml", r#"index = "SCHEME/registry.example/index""#, 1);
        found("a.md", "see SCHEME/crates.example/x and SCHEME/www.PyPI.example", 2);
        found("a.sh", "curl SCHEME/code.example/a/b/releases/download/v1/b.tar.gz", 1);
        found("a.md", "a shop at SCHEME/shop.example/crates?mirror=1", 0);
        found("Cargo.lock", "SCHEME/registry.example", 0);
        found("web/package-lock.json", "SCHEME/registry.example", 0);
    }
}
