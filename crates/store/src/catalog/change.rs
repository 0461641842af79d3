//! Changes to what is defined: what was changed, how, by whom and when.

/// Who asks for a change, and when.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Author {
    /// The account or system user.
    #[sqlx(rename = "by")]
    pub name: String,
    /// When, in ms since 1970-01-01 UTC.
    pub at: i64,
}

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(rename_all = "lowercase")]
pub enum Subject {
    /// A site's own settings.
    Site,
    /// A goal.
    Goal,
    /// A funnel.
    Funnel,
}

/// What a change did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(rename_all = "lowercase")]
pub enum Action {
    /// It is new.
    Added,
    /// It has a new version.
    Changed,
    /// It is not in force any more; its history is kept.
    Retired,
    /// It is in force again as it was when it was retired.
    Revived,
}

/// A change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The site's name.
    pub site: String,
    /// What it is about.
    pub subject: Subject,
    /// The name of the site, goal or funnel.
    pub name: String,
    /// What it did.
    pub action: Action,
    /// The version in force after it, or at the end; `None` for a site.
    pub version: Option<u32>,
}

/// A change that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeEntry {
    /// What was changed.
    pub change: Change,
    /// By whom and when.
    pub author: Author,
}

impl Subject {
    /// The name in tables and results.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Goal => "goal",
            Self::Funnel => "funnel",
        }
    }
}

impl Action {
    /// The name in tables and results.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Retired => "retired",
            Self::Revived => "revived",
        }
    }
}
