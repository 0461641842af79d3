//! Why the API refuses: every case with its stable code, its status, and what to do about it. What failed inside is
//! logged, never sent.

use std::{fmt::Display, time::Duration};

use axum::extract::rejection::QueryRejection;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{Object, ObjectBuilder, Type},
};
use waymark_analysis::QueryError;
use waymark_collect::RequestError;
use waymark_model::{DefinitionError, network::BadNetwork};
use waymark_store::{StoreError, catalog::CatalogError};

use crate::{accounts::AccountError, serve::answer};

/// Declares the codes: each with its name on the wire, its status, and what it means.
macro_rules! codes {
    ($($(#[doc = $meaning:literal])+ $case:ident = $name:literal, $status:ident;)+) => {
        /// A stable code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Code {
            $($(#[doc = $meaning])+ $case,)+
        }

        impl Code {
            /// Every code.
            pub(crate) const ALL: &[Self] = &[$(Self::$case),+];

            /// Its name on the wire.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$case => $name,)+ }
            }

            /// The status that it is answered with.
            pub(crate) const fn status(self) -> StatusCode {
                match self { $(Self::$case => StatusCode::$status,)+ }
            }
        }
    };
}

codes! {
    /// Nobody is signed in, and there is no key that may be used here.
    NotSignedIn = "not_signed_in", UNAUTHORIZED;
    /// Whoever asks may not do this.
    RoleTooSmall = "role_too_small", FORBIDDEN;
    /// The request does not come from a page of this server and session.
    Csrf = "csrf", FORBIDDEN;
    /// The e-mail address or the password is wrong.
    WrongCredentials = "wrong_credentials", UNAUTHORIZED;
    /// The password is right, and a one-time code is needed too.
    OneTimeNeeded = "code_needed", UNAUTHORIZED;
    /// The one-time code is wrong, or was used before.
    OneTimeWrong = "wrong_code", UNAUTHORIZED;
    /// There were too many tries; `Retry-After` says when the next is looked at.
    TooManyTries = "too_many_tries", TOO_MANY_REQUESTS;
    /// A one-time link opens nothing, or nothing any more.
    BadLink = "bad_link", UNPROCESSABLE_ENTITY;
    /// A password is too short or too long, or easy to guess.
    BadPassword = "bad_password", UNPROCESSABLE_ENTITY;
    /// An e-mail address is none.
    BadEmail = "bad_email", UNPROCESSABLE_ENTITY;
    /// One-time codes were not begun, or are required already.
    NoCodes = "no_codes", CONFLICT;
    /// There is an account of that e-mail address.
    AccountExists = "account_exists", CONFLICT;
    /// A moment that is over already.
    BadTime = "bad_time", UNPROCESSABLE_ENTITY;
    /// The server sends no e-mail.
    NoMail = "no_mail", CONFLICT;
    /// Nobody signs in by another service here.
    NoProvider = "no_provider", NOT_FOUND;
    /// Nobody would own all sites any more.
    LastOwner = "last_owner", CONFLICT;
    /// There is no such member, or it is none that whoever asks may see.
    UnknownMember = "unknown_member", NOT_FOUND;
    /// The site has no such key.
    UnknownKey = "unknown_key", NOT_FOUND;
    /// The site has no such shared link.
    UnknownShare = "unknown_share", NOT_FOUND;
    /// There is no such site, or it is none of theirs who ask.
    UnknownSite = "unknown_site", NOT_FOUND;
    /// There is nothing at this path.
    UnknownPath = "unknown_path", NOT_FOUND;
    /// The path is there, but not for this method.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED;
    /// A parameter of the address cannot be read.
    BadParameter = "bad_parameter", BAD_REQUEST;
    /// The body is not the JSON that is asked for.
    BadJson = "bad_json", BAD_REQUEST;
    /// The body is too long, or inflates to too much.
    BodyTooLarge = "body_too_large", PAYLOAD_TOO_LARGE;
    /// The body did not come whole.
    BodyBrokenOff = "body_broken_off", BAD_REQUEST;
    /// The body did not come in time.
    BodyTooSlow = "body_too_slow", REQUEST_TIMEOUT;
    /// There is nothing of that name or number.
    NotFound = "not_found", NOT_FOUND;
    /// Somebody else has changed what was to be changed.
    ChangedMeanwhile = "changed_meanwhile", PRECONDITION_FAILED;
    /// Definitions that are wrong: `errors` says where, and how to mend them.
    Definitions = "definitions", UNPROCESSABLE_ENTITY;
    /// A field has a value that is not taken.
    BadValue = "bad_value", UNPROCESSABLE_ENTITY;
    /// There is a site of that name already.
    SiteExists = "site_exists", CONFLICT;
    /// Nothing can be called so: a site, a person, a link.
    BadName = "bad_name", UNPROCESSABLE_ENTITY;
    /// No time zone is called so.
    BadTimezone = "bad_timezone", UNPROCESSABLE_ENTITY;
    /// No order can have such a key.
    BadKey = "bad_key", UNPROCESSABLE_ENTITY;
    /// Neither a visitor nor a user is named, or both.
    BadPerson = "bad_person", UNPROCESSABLE_ENTITY;
    /// No order is voided under that number.
    UnknownVoid = "unknown_void", NOT_FOUND;
    /// No goal and no event is called so.
    UnknownGoal = "unknown_goal", UNPROCESSABLE_ENTITY;
    /// No funnel is called so.
    UnknownFunnel = "unknown_funnel", UNPROCESSABLE_ENTITY;
    /// No column is called so.
    UnknownDimension = "unknown_dimension", UNPROCESSABLE_ENTITY;
    /// A funnel's steps and choices make none.
    BadFunnel = "bad_funnel", UNPROCESSABLE_ENTITY;
    /// A range of time that is none.
    BadRange = "bad_range", UNPROCESSABLE_ENTITY;
    /// A condition that is none.
    BadCondition = "bad_condition", UNPROCESSABLE_ENTITY;
    /// A length of time that is none.
    BadDuration = "bad_duration", UNPROCESSABLE_ENTITY;
    /// The question is one that cannot be counted.
    BadQuestion = "bad_question", UNPROCESSABLE_ENTITY;
    /// The question singles out or excludes fewer than 10 visitors, for somebody who sees no small groups.
    FewVisitors = "few_visitors", FORBIDDEN;
    /// Two rates that must not be compared.
    IncomparableRates = "incomparable_rates", UNPROCESSABLE_ENTITY;
    /// The question takes longer than the server lets questions take.
    QuestionTooLong = "question_too_long", UNPROCESSABLE_ENTITY;
    /// More is asked than can be answered at the moment.
    Busy = "busy", SERVICE_UNAVAILABLE;
    /// The disk is full.
    DiskFull = "disk_full", SERVICE_UNAVAILABLE;
    /// Something failed inside.
    Internal = "internal", INTERNAL_SERVER_ERROR;
}

/// Seconds after which those who were sent away may try again.
const AGAIN: u64 = 2;

/// Why a request is refused. Nothing was changed by it.
#[derive(Debug)]
pub(crate) struct ApiError {
    code: Code,
    message: String,
    hint: Option<String>,
    /// Seconds after which the same may be tried again.
    retry_after: Option<u64>,
    errors: Vec<PointedError>,
}

/// What a refused request is answered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    /// What is wrong.
    error: ErrorDetail,
}

/// What is wrong.
#[derive(Debug, Serialize, ToSchema)]
struct ErrorDetail {
    /// A stable code.
    #[schema(schema_with = codes)]
    code: &'static str,
    /// What happened, in words for people.
    message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// What is wrong with definitions, one by one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<PointedError>,
}

/// Something wrong in definitions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PointedError {
    /// What is wrong.
    pub(crate) message: String,
    /// Its line in the file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<usize>,
    /// Its first character in the line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) column: Option<usize>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
}

impl PointedError {
    /// An error of definitions that came in no file.
    pub(crate) fn unplaced(error: &DefinitionError) -> Self {
        Self { message: error.message.clone(), line: None, column: None, hint: error.hint.clone() }
    }

    /// A text that is not a network.
    pub(crate) fn network(error: BadNetwork) -> Self {
        Self { message: error.to_string(), line: None, column: None, hint: None }
    }
}

fn codes() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(Code::ALL.iter().map(|code| code.as_str())))
        .build()
}

impl ApiError {
    /// A refusal.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, errors: Vec::new(), retry_after: None }
    }

    /// Definitions that are wrong, with what is wrong one by one.
    pub(crate) fn definitions(errors: Vec<PointedError>) -> Self {
        Self::new(Code::Definitions, "the definitions are wrong; nothing was changed").errors(errors)
    }

    /// The same, with what to do about it.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The same, with what is wrong one by one.
    pub(crate) fn errors(self, errors: Vec<PointedError>) -> Self {
        Self { errors, ..self }
    }

    /// Something failed inside: the cause goes to the log, and nowhere else.
    pub(crate) fn internal(cause: &dyn Display) -> Self {
        tracing::error!(%cause, "a request of the API failed");
        Self::new(Code::Internal, "something failed in the server; nothing was changed")
            .hint("the server's log says what, beside this answer's `x-request-id`")
    }

    /// More is asked than can be answered.
    pub(crate) fn busy() -> Self {
        let refusal = Self::new(Code::Busy, "too many questions are being answered at the moment");
        refusal.hint(format!("ask again in {AGAIN} seconds")).retry_after(AGAIN)
    }

    /// A question took longer than it may.
    pub(crate) fn too_long(most: Duration) -> Self {
        let most = waymark_model::duration::format(i64::try_from(most.as_millis()).unwrap_or(i64::MAX));
        Self::new(Code::QuestionTooLong, format!("The question was stopped after {most}. Nothing was changed."))
            .hint("ask about a shorter range or fewer goals, or raise `question_time` in the server's configuration")
    }

    /// The same, with the seconds after which it may be tried again.
    fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.code.status();
        let Self { code, message, hint, errors, retry_after } = self;
        let detail = ErrorDetail { code: code.as_str(), message, hint, errors };
        let body = serde_json::json!(ErrorBody { error: detail });
        let mut response = answer::json(status, &body);
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Every route may refuse, in the same form.
impl IntoResponses for ApiError {
    fn responses() -> std::collections::BTreeMap<String, utoipa::openapi::RefOr<utoipa::openapi::Response>> {
        use utoipa::openapi::{Content, Ref, ResponseBuilder};
        let content = Content::new(Some(Ref::from_schema_name("ErrorBody")));
        let refusal = ResponseBuilder::new()
            .description("Refused: `code` says why")
            .content("application/json", content)
            .build();
        [("default".to_owned(), refusal.into())].into()
    }
}

/// Parameters are looked at once it is known that whoever asks may ask.
impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        Self::new(Code::BadParameter, rejection.body_text())
    }
}

impl From<QueryError> for ApiError {
    fn from(error: QueryError) -> Self {
        use waymark_query::PlanError;
        let code = match &error {
            QueryError::Json { .. } => Code::BadJson,
            QueryError::UnknownGoal { .. } => Code::UnknownGoal,
            QueryError::UnknownFunnel { .. } => Code::UnknownFunnel,
            QueryError::UnknownDimension { .. } => Code::UnknownDimension,
            QueryError::FunnelForm(_) | QueryError::Steps { .. } | QueryError::Step(_) => Code::BadFunnel,
            QueryError::Resolve(_) | QueryError::Plan(PlanError::Funnel(_)) => Code::BadFunnel,
            QueryError::Range { .. } => Code::BadRange,
            QueryError::Condition { .. } => Code::BadCondition,
            QueryError::Duration(_) => Code::BadDuration,
            QueryError::Incomparable(_) => Code::IncomparableRates,
            QueryError::FewVisitors | QueryError::WithinDay | QueryError::WithFilter(_) => Code::FewVisitors,
            QueryError::OwnConditions | QueryError::OnlyEditors(_) => Code::RoleTooSmall,
            // Whoever asked has gone, or the server is about to.
            QueryError::Plan(PlanError::Cancelled) => return Self::busy(),
            error if error.is_usage() => Code::BadQuestion,
            error => return Self::internal(error),
        };
        Self { hint: error.hint(), ..Self::new(code, error.to_string()) }
    }
}

impl From<RequestError> for ApiError {
    fn from(error: RequestError) -> Self {
        let code = match &error {
            RequestError::BodyTooLarge | RequestError::InflatedTooLarge => Code::BodyTooLarge,
            RequestError::BodyBrokenOff => Code::BodyBrokenOff,
            RequestError::BodyTooSlow => Code::BodyTooSlow,
            RequestError::Overloaded => return Self::busy(),
            _ => Code::BadJson,
        };
        Self::new(code, error.to_string())
    }
}

impl From<CatalogError> for ApiError {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::SiteExists(_) => Self::new(Code::SiteExists, error.to_string()),
            CatalogError::UnknownSite(_) => Self::new(Code::UnknownSite, error.to_string()),
            CatalogError::AccountExists(_) => Self::new(Code::AccountExists, error.to_string()),
            CatalogError::LastOwner => Self::new(Code::LastOwner, error.to_string()),
            error => Self::internal(&error),
        }
    }
}

impl From<AccountError> for ApiError {
    fn from(error: AccountError) -> Self {
        let code = match &error {
            AccountError::WrongCredentials => Code::WrongCredentials,
            AccountError::CodeNeeded => Code::OneTimeNeeded,
            AccountError::WrongCode => Code::OneTimeWrong,
            AccountError::TooManyTries { retry_after } => {
                return Self::new(Code::TooManyTries, error.to_string()).retry_after(*retry_after);
            }
            AccountError::Busy => {
                return Self::new(Code::Busy, error.to_string()).retry_after(AGAIN);
            }
            AccountError::BadLink => Code::BadLink,
            AccountError::BadPassword { .. } => Code::BadPassword,
            AccountError::BadEmail => Code::BadEmail,
            AccountError::BadName => Code::BadName,
            AccountError::NoCodes => Code::NoCodes,
            _ => {
                return match error {
                    AccountError::Catalog(cause) => cause.into(),
                    other => Self::internal(&other),
                };
            }
        };
        Self::new(code, error.to_string())
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        if error.is_disk_full() {
            return Self::new(Code::DiskFull, "the disk of the server is full; nothing was changed")
                .hint("make room, and do the same again")
                .retry_after(AGAIN);
        }
        Self::internal(&error)
    }
}

/// Gives refusals of the framework (no such path, a parameter that cannot be read) the form of all others.
pub(super) async fn in_json(response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_ours = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    let refusal = match response.status() {
        status if is_ours || !status.is_client_error() => return response,
        StatusCode::NOT_FOUND => ApiError::new(Code::UnknownPath, "there is nothing at this path"),
        StatusCode::METHOD_NOT_ALLOWED => {
            ApiError::new(Code::MethodNotAllowed, "this path does not take that method")
        }
        _ => ApiError::new(Code::BadParameter, "a part of the address cannot be read"),
    };
    refusal.hint("the paths, their methods and parameters are listed at `/api`").into_response()
}
