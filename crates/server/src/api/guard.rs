//! Who asks, and what they may do with a site. The only place that decides it.
//!
//! A site that is not there and one that is not theirs look the same to those who ask.

use std::sync::Arc;

use http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;
use waymark_store::catalog::{ApiKey, Author, KeyScope, Site};

use super::error::{ApiError, Code};
use crate::{collect::caller::bearer, serve::App};

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) enum Principal {
    /// A program with a secret key of a site, which may at least read.
    Key(Arc<ApiKey>),
}

/// What somebody may do with a site, from the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
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
    #[expect(dead_code, reason = "definitions are the next routes")]
    Edit,
    /// To change the site itself.
    #[expect(dead_code, reason = "settings are the next routes")]
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

/// Who asks.
///
/// # Errors
/// When nobody is signed in, and there is no key that may be used.
pub(crate) async fn principal(app: &App, headers: &HeaderMap) -> Result<Principal, ApiError> {
    let key = bearer(headers).and_then(|text| app.keys.find(text, KeyScope::Read, app.clock.now()));
    key.map(Principal::Key).ok_or_else(|| {
        ApiError::new(Code::NotSignedIn, "nobody is signed in, and there is no key that may be used here")
            .hint("sign in, or send a key with `Authorization: Bearer`: `waymark key add SITE --scope read` makes one")
    })
}

/// The site of that name, for somebody who may do with it what the request needs.
///
/// # Errors
/// When nobody is signed in; there is no such site, or it is none of theirs; or their role is too small.
pub(crate) async fn site(app: &App, headers: &HeaderMap, name: &str, need: Need) -> Result<Access, ApiError> {
    let principal = principal(app, headers).await?;
    let found = app.sites.find(name).filter(|site| site.id.as_str() == name);
    let access = found.and_then(|site| principal.access(site));
    let access = access.ok_or_else(unknown)?;
    if access.may(need) {
        return Ok(access);
    }
    Err(too_small())
}

/// There is no such site for them.
pub(super) fn unknown() -> ApiError {
    ApiError::new(Code::UnknownSite, "there is no site of that name for you")
        .hint("`GET /api/v1/sites` lists the sites that you may see")
}

fn too_small() -> ApiError {
    ApiError::new(Code::RoleTooSmall, "your role does not allow this; nothing was changed")
        .hint("ask an owner of the site for the role of an editor or owner")
}

/// The sites that somebody may see, with what they may do, by name.
///
/// # Errors
/// When nobody is signed in.
pub(crate) async fn sites(app: &App, headers: &HeaderMap) -> Result<Vec<Access>, ApiError> {
    let principal = principal(app, headers).await?;
    let mut sites: Vec<Access> =
        app.sites.all().into_iter().filter_map(|site| principal.access(site)).collect();
    sites.sort_by(|a, b| a.site.id.as_str().cmp(b.site.id.as_str()));
    Ok(sites)
}

/// Somebody who may change the installation: add sites, say.
///
/// # Errors
/// When nobody is signed in, or they may not.
pub(crate) async fn installation(app: &App, headers: &HeaderMap) -> Result<Principal, ApiError> {
    match principal(app, headers).await? {
        Principal::Key(_) => Err(ApiError::new(
            Code::RoleTooSmall,
            "a key is for one site, and may not change the installation; nothing was changed",
        )
        .hint("sign in as the installation's owner, or use the command line")),
    }
}

impl Principal {
    /// What they may do with a site; nothing at all when it is none of theirs.
    pub(super) fn access(&self, site: Arc<Site>) -> Option<Access> {
        let role = match self {
            Self::Key(key) if key.site != site.id => return None,
            Self::Key(key) if key.scope == KeyScope::Admin => Role::Owner,
            Self::Key(_) => Role::Editor,
        };
        Some(Access { principal: self.clone(), role, site, shows_small_groups: role > Role::Viewer })
    }

    /// What they are called in the record of changes.
    fn name(&self) -> String {
        match self {
            Self::Key(key) => format!("key {}", key.prefix),
        }
    }

    /// They may change something, if their role allows it: a key to read may not.
    fn may_change(&self) -> bool {
        match self {
            Self::Key(key) => key.scope == KeyScope::Admin,
        }
    }

    /// Them as the author of a change at a time, in ms since 1970-01-01 UTC.
    pub(crate) fn author(&self, at: i64) -> Author {
        Author { name: self.name(), at }
    }
}

impl Access {
    /// Refuses those who must not see what single visitors do.
    pub(crate) fn needs_small_groups(&self) -> Result<(), ApiError> {
        if self.shows_small_groups { Ok(()) } else { Err(too_small()) }
    }

    fn may(&self, need: Need) -> bool {
        match need {
            Need::Read => true,
            Need::Edit => self.role >= Role::Editor && self.principal.may_change(),
            Need::Own => self.role == Role::Owner && self.principal.may_change(),
        }
    }
}
