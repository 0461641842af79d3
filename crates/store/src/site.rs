//! The name of a site. It is the name of its folder too, so it must be one on every file system.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// A site's name: 1 to 64 of `a–z`, `0–9`, `-` and `_`, the first a letter or digit. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct SiteId(Arc<str>);

/// A text that is no site name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` cannot be a site's name: use 1 to 64 of the characters a-z, 0-9, `-` and `_`, beginning with a letter or digit"
)]
pub struct BadSiteId(pub String);

impl SiteId {
    /// Most characters of a name.
    pub const MAX_LENGTH: usize = 64;

    /// The site of that name.
    ///
    /// # Errors
    /// When it cannot be a site's name.
    pub fn parse(name: &str) -> Result<Self, BadSiteId> {
        let plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let fits = name.len() <= Self::MAX_LENGTH
            && name.as_bytes().first().is_some_and(plain)
            && name.bytes().all(|byte| plain(&byte) || byte == b'-' || byte == b'_');
        if fits { Ok(Self(name.into())) } else { Err(BadSiteId(name.to_owned())) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SiteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<SiteId> for String {
    fn from(site: SiteId) -> Self {
        site.0.as_ref().to_owned()
    }
}

impl TryFrom<String> for SiteId {
    type Error = BadSiteId;

    fn try_from(name: String) -> Result<Self, BadSiteId> {
        Self::parse(&name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_leave_the_folder_are_refused() {
        for good in ["shop", "a", "7-eleven", "my_shop-2"] {
            assert_eq!(SiteId::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", ".", "..", "-a", "_a", "Shop", "a/b", "a b", "é", &"x".repeat(65)] {
            assert_eq!(SiteId::parse(bad), Err(BadSiteId(bad.to_owned())));
        }
    }
}
