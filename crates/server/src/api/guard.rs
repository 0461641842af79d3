//! Who asks, and what they may do with a site. The only place that decides it.
//!
//! A site that is not there and one that is not theirs look the same to those who ask.

use std::sync::Arc;

use http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use waymark_analysis::small_groups::SmallGroups;
use waymark_collect::caller::bearer;
use waymark_store::catalog::{self, ApiKey, Author, KeyScope, Share, Site, TokenHash, is_share};

use super::error::{ApiError, Code};
use crate::{accounts::SignedIn, serve::App};

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) enum Principal {
    /// Somebody who is signed in.
    Account(Arc<SignedIn>),
    /// A program with a secret key of a site, which may at least read.
    Key(Arc<ApiKey>),
    /// Somebody who holds a shared link to a site.
    Share(Arc<Share>),
}

/// What somebody may do with a site, from the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// See numbers, but no small groups.
    Viewer,
    /// See everything, and define goals and funnels.
    Editor,
    /// Everything.
    Owner,
}

/// What a request needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// To see.
    Read,
    /// To change what is defined.
    Edit,
    /// To change the site itself.
    Own,
}

/// What somebody who asks may do with a site.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    /// Who asks.
    pub(crate) principal: Principal,
    /// What they may do.
    pub(crate) role: Role,
    /// The site, as it is now.
    pub(crate) site: Arc<Site>,
    /// They see single visitors and groups of a few.
    pub(crate) shows_small_groups: bool,
}

/// Who asks: by the key or shared link that is sent, otherwise by the session of the browser.
///
/// # Errors
/// When nobody is signed in, and there is no key or link that may be used.
pub(crate) async fn principal(app: &App, headers: &HeaderMap) -> Result<Principal, ApiError> {
    known(app, headers).await?.ok_or_else(|| {
        ApiError::new(Code::NotSignedIn, "nobody is signed in, and there is no key that may be used here")
            .hint("sign in, or send a key with `Authorization: Bearer`: `waymark key add SITE --scope read` makes one")
    })
}

/// Who asks, if that is known.
///
/// # Errors
/// When the catalog cannot be read.
pub(crate) async fn known(app: &App, headers: &HeaderMap) -> Result<Option<Principal>, ApiError> {
    let now = app.clock.now();
    match bearer(headers) {
        Some(token) if is_share(token) => {
            let share = app.catalog.share(&TokenHash::new(token), now).await?;
            Ok(share.map(|share| Principal::Share(Arc::new(share))))
        }
        Some(key) => Ok(app.keys.find(key, KeyScope::Read, now).map(Principal::Key)),
        None => {
            let Some(token) = session_token(app, headers) else { return Ok(None) };
            let signed_in = app.accounts.signed_in(token).await?;
            Ok(signed_in.map(|signed_in| Principal::Account(Arc::new(signed_in))))
        }
    }
}

/// What the browser holds to be known again by.
pub(crate) fn session_token<'h>(app: &App, headers: &'h HeaderMap) -> Option<&'h str> {
    cookie(headers, app.home().cookie())
}

/// The value of a cookie (RFC 6265, 4.2).
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// Somebody who is signed in: a key or a shared link does not do.
///
/// # Errors
/// When nobody is.
pub(crate) async fn account(app: &App, headers: &HeaderMap) -> Result<Arc<SignedIn>, ApiError> {
    match principal(app, headers).await? {
        Principal::Account(signed_in) => Ok(signed_in),
        Principal::Key(_) | Principal::Share(_) => Err(ApiError::new(
            Code::RoleTooSmall,
            "this is for people who are signed in, not for keys and shared links; nothing was changed",
        )
        .hint("sign in, or use the command line")),
    }
}

/// The site of that name, for somebody who may do with it what the request needs.
///
/// # Errors
/// When nobody is signed in; there is no such site, or it is none of theirs; or their role is too small.
pub(crate) async fn site(app: &App, headers: &HeaderMap, name: &str, need: Need) -> Result<Access, ApiError> {
    let principal = principal(app, headers).await?;
    let found = app.sites.find(name).filter(|site| site.id.as_str() == name);
    let access = found.and_then(|site| principal.access(site)).ok_or_else(unknown)?;
    if access.may(need) {
        return Ok(access);
    }
    Err(too_small())
}

/// The site of that name, for a person who owns it: what a key made would outlive the key.
///
/// # Errors
/// As [`site`], and for a key.
pub(super) async fn own(app: &App, headers: &HeaderMap, name: &str) -> Result<Access, ApiError> {
    let access = site(app, headers, name, Need::Own).await?;
    account(app, headers).await?;
    Ok(access)
}

/// There is no such site for them.
pub(super) fn unknown() -> ApiError {
    ApiError::new(Code::UnknownSite, "there is no site of that name for you")
        .hint("`GET /api/v1/sites` lists the sites that you may see")
}

/// Those who ask may not do this.
pub(crate) fn too_small() -> ApiError {
    ApiError::new(Code::RoleTooSmall, "your role does not allow this; nothing was changed")
        .hint("ask an owner of the site for the role of an editor or owner")
}

/// The sites that somebody may see, with what they may do, by name.
///
/// # Errors
/// When nobody is signed in.
pub(crate) async fn sites(app: &App, headers: &HeaderMap) -> Result<Vec<Access>, ApiError> {
    Ok(sites_of(app, &principal(app, headers).await?))
}

/// The sites that this one may see, by name.
pub(crate) fn sites_of(app: &App, principal: &Principal) -> Vec<Access> {
    let mut sites: Vec<Access> =
        app.sites.all().into_iter().filter_map(|site| principal.access(site)).collect();
    sites.sort_by(|a, b| a.site.id.as_str().cmp(b.site.id.as_str()));
    sites
}

/// Somebody who may change the installation: add sites, say.
///
/// # Errors
/// When nobody is signed in, or they may not.
pub(crate) async fn installation(app: &App, headers: &HeaderMap) -> Result<Principal, ApiError> {
    let signed_in = account(app, headers).await?;
    if signed_in.account.is_owner() {
        return Ok(Principal::Account(signed_in));
    }
    Err(ApiError::new(Code::RoleTooSmall, "only an owner of all sites may do this; nothing was changed")
        .hint("ask one, or use the command line"))
}

impl Principal {
    /// What they may do with a site; nothing at all when it is none of theirs.
    pub(super) fn access(&self, site: Arc<Site>) -> Option<Access> {
        let role = match self {
            Self::Account(signed_in) => Role::from(signed_in.account.role_on(&site)?),
            Self::Key(key) if key.site != site.id => return None,
            Self::Key(key) if key.scope == KeyScope::Admin => Role::Owner,
            Self::Key(_) => Role::Editor,
            Self::Share(share) if share.site != site.id => return None,
            Self::Share(_) => Role::Viewer,
        };
        Some(Access { principal: self.clone(), role, site, shows_small_groups: role > Role::Viewer })
    }

    /// What they are called in the record of changes.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Account(signed_in) => signed_in.account.email.clone(),
            Self::Key(key) => format!("key {}", key.prefix),
            Self::Share(share) => format!("shared link {}", share.number),
        }
    }

    /// They may change something, if their role allows it: a key to read and a shared link may not.
    fn may_change(&self) -> bool {
        match self {
            Self::Account(_) => true,
            Self::Key(key) => key.scope == KeyScope::Admin,
            Self::Share(_) => false,
        }
    }

    /// Them as the author of a change at a time, in ms since 1970-01-01 UTC.
    pub(crate) fn author(&self, at: i64) -> Author {
        Author { name: self.name(), at }
    }
}

impl Access {
    /// Whether groups of a few visitors are shown to them.
    pub(crate) fn small_groups(&self) -> SmallGroups {
        if self.shows_small_groups { SmallGroups::Shown } else { SmallGroups::Merged }
    }

    /// Refuses those who must not see what single visitors do.
    pub(crate) fn needs_small_groups(&self) -> Result<(), ApiError> {
        if self.shows_small_groups { Ok(()) } else { Err(too_small()) }
    }

    /// Whoever changed something, as those who ask may know it.
    pub(crate) fn named(&self, by: &Author) -> Option<String> {
        self.shows_small_groups.then(|| by.name.clone())
    }

    /// Whether they may do with the site what is needed.
    pub(crate) fn may(&self, need: Need) -> bool {
        match need {
            Need::Read => true,
            Need::Edit => self.role >= Role::Editor && self.principal.may_change(),
            Need::Own => self.role == Role::Owner && self.principal.may_change(),
        }
    }
}

impl From<catalog::Role> for Role {
    fn from(role: catalog::Role) -> Self {
        match role {
            catalog::Role::Viewer => Self::Viewer,
            catalog::Role::Editor => Self::Editor,
            catalog::Role::Owner => Self::Owner,
        }
    }
}

impl From<Role> for catalog::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Viewer => Self::Viewer,
            Role::Editor => Self::Editor,
            Role::Owner => Self::Owner,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let check = |lines: &[&'static str], expected: Option<&str>| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::COOKIE, line.parse().unwrap());
            }
            assert_eq!(cookie(&headers, "waymark"), expected, "{lines:?}");
        };
        check(&["waymark=abc"], Some("abc"));
        check(&["a=1; waymark=abc; b=2"], Some("abc"));
        check(&["a=1", "waymark=abc"], Some("abc"));
        check(&["xwaymark=1; __Host-waymark=2", "waymark"], None);
        check(&[], None);
    }
}
