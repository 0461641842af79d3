//! `waymark account`: people who may sign in, for whoever may use the data folder: the way back in for those who lost
//! every other.

use serde::Serialize;
use waymark_model::nearest;
use waymark_store::catalog::{Account, Given, Giver, Role, RoleOn, Site};

use super::{Context, data::Data, failure::CliError, out};
use crate::{
    accounts::{AccountError, Invitation, Invited, LinkFor, invite, new_link},
    text::table::table,
};

/// What can be done with accounts.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the accounts.
    List,
    /// Make an account; prints a link to choose its password by, once.
    Add(Add),
    /// Print a link to choose a new password by, once.
    Reset(Reset),
    /// Change what an account may do.
    Role(ChangeRole),
    /// Remove an account.
    Remove {
        /// Its e-mail address.
        email: String,
    },
}

/// An account to make.
#[derive(Debug, clap::Args)]
pub(crate) struct Add {
    /// Its e-mail address.
    email: String,
    /// What the person is called; what stands before the `@` unless given.
    #[arg(long)]
    name: Option<String>,
    /// What they may do: `owner`, `editor` or `viewer`.
    #[arg(long, value_parser = role)]
    role: Role,
    /// The site that this is for; all unless given.
    #[arg(long)]
    site: Option<String>,
}

/// A password to choose anew.
#[derive(Debug, clap::Args)]
pub(crate) struct Reset {
    /// The account's e-mail address.
    email: String,
    /// Ask for one-time codes no more: the device that made them is lost.
    #[arg(long)]
    drop_codes: bool,
}

/// A role to change.
#[derive(Debug, clap::Args)]
pub(crate) struct ChangeRole {
    /// The account's e-mail address.
    email: String,
    /// What they may do: `owner`, `editor`, `viewer` or `none`.
    #[arg(value_parser = role_or_none)]
    role: Wanted,
    /// The site that this is for; all unless given.
    #[arg(long)]
    site: Option<String>,
}

/// A role, or none.
#[derive(Clone, Copy, Debug)]
struct Wanted(Option<Role>);

fn role(text: &str) -> Result<Role, String> {
    Role::from_name(text).ok_or_else(|| "use `owner`, `editor` or `viewer`".to_owned())
}

fn role_or_none(text: &str) -> Result<Wanted, String> {
    if text == "none" {
        return Ok(Wanted(None));
    }
    let role = Role::from_name(text).map(Some).map(Wanted);
    role.ok_or_else(|| "use `owner`, `editor`, `viewer` or `none`".to_owned())
}

/// An account as it is listed.
#[derive(Serialize)]
struct Listed {
    email: String,
    name: String,
    roles: Vec<ListedRole>,
    /// What it may do once it is confirmed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    waiting: Vec<ListedRole>,
    /// It is known to be the person's own.
    confirmed: bool,
    /// Who invited the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    invited_by: Option<String>,
    has_password: bool,
    has_totp: bool,
    /// The link to choose its password by, when it has just been made.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

#[derive(Serialize)]
struct ListedRole {
    /// All sites when there is none.
    site: Option<String>,
    role: &'static str,
}

pub(super) fn run(context: &Context, command: &Command) -> Result<(), CliError> {
    match command {
        Command::List => list(context),
        Command::Add(args) => add(context, args),
        Command::Reset(args) => reset(context, args),
        Command::Role(args) => change_role(context, args),
        Command::Remove { email } => remove(context, email),
    }
}

fn list(context: &Context) -> Result<(), CliError> {
    let data = Data::read(context)?;
    let accounts = data.wait(async |catalog| catalog.accounts().await)?;
    let listed: Vec<Listed> = accounts.iter().map(|account| listed(account, None)).collect();
    if context.json {
        return out::json(context, &listed);
    }
    let row = |account: &Listed| {
        let role = |on: &ListedRole| format!("{} of {}", on.role, on.site.as_deref().unwrap_or("all sites"));
        let waiting = account.waiting.iter().map(|on| format!("{} once confirmed", role(on)));
        let roles: Vec<String> = account.roles.iter().map(role).chain(waiting).collect();
        let signs_in = match (account.has_password, account.has_totp) {
            (false, _) => "invited",
            (true, false) => "password",
            (true, true) => "password and code",
        };
        let signs_in = match &account.invited_by {
            Some(by) if !account.confirmed => format!("{signs_in}; invited by {by}, never confirmed"),
            _ => signs_in.to_owned(),
        };
        vec![account.email.clone(), account.name.clone(), roles.join(", "), signs_in]
    };
    let rows: Vec<_> = listed.iter().map(row).collect();
    out::text(context, &table(&["e-mail", "name", "may do", "signs in by"], &[], &rows))
}

fn add(context: &Context, args: &Add) -> Result<(), CliError> {
    let data = Data::write(context, "account add")?;
    let site = site(&data, args.site.as_deref())?;
    let by = context.author();
    let name = args.name.as_deref().or_else(|| args.email.split('@').next()).unwrap_or_default();
    let invitation = Invitation { email: &args.email, name, site: site.as_ref(), role: args.role };
    let invited =
        data.catalog.wait(async |catalog| invite(catalog, &invitation, Giver::Everything, &by).await)?;
    let Invited { account, token, given } = invited;
    if given == Given::OnceConfirmed {
        return confirmation(context, &data, &account);
    }
    let link = token.map(|token| context.home().link(LinkFor::Welcome.page(), &token));
    let said = match &link {
        Some(link) => format!("Made an account for {}. Its password is chosen at\n{link}\n", account.email),
        None => format!("{} has an account, and is now {}.\n", account.email, args.role.as_str()),
    };
    printed(context, &account, link, &said)
}

/// Prints the link that a role waits for.
fn confirmation(context: &Context, data: &Data, account: &Account) -> Result<(), CliError> {
    let by = context.author();
    let link = data
        .catalog
        .wait(async |catalog| new_link(catalog, account, LinkFor::Welcome, Giver::Everything, &by).await)?;
    let link = context.home().link(LinkFor::Welcome.page(), &link);
    let email = &account.email;
    let inviter = account.invited_by.as_deref().unwrap_or("somebody");
    let said = format!(
        "{email} was invited by {inviter}, who may know the password, and never confirmed it. The role holds once \
         {email} has chosen a new password at\n{link}\n"
    );
    printed(context, account, Some(link), &said)
}

fn reset(context: &Context, args: &Reset) -> Result<(), CliError> {
    let data = Data::write(context, "account reset")?;
    let account = find(&data, &args.email)?;
    let by = context.author();
    if args.drop_codes {
        data.wait(async |catalog| catalog.drop_codes(&account, &by).await)?;
    }
    let token = data
        .catalog
        .wait(async |catalog| new_link(catalog, &account, LinkFor::Reset, Giver::Everything, &by).await)?;
    let link = context.home().link(LinkFor::Reset.page(), &token);
    let said = format!("A new password for {} is chosen at\n{link}\nwithin a day, once.\n", account.email);
    printed(context, &account, Some(link), &said)
}

fn change_role(context: &Context, args: &ChangeRole) -> Result<(), CliError> {
    let data = Data::write(context, "account role")?;
    let account = find(&data, &args.email)?;
    let site = site(&data, args.site.as_deref())?;
    let by = context.author();
    let given = data.wait(async |catalog| {
        catalog.set_role(&account, site.as_ref(), args.role.0, Giver::Everything, &by).await
    })?;
    let account = find(&data, &args.email)?;
    if given == Given::OnceConfirmed {
        return confirmation(context, &data, &account);
    }
    let place = args.site.as_deref().unwrap_or("all sites");
    let said = match args.role.0 {
        Some(role) => format!("{} is now {} of {place}.\n", account.email, role.as_str()),
        None => format!("{} has no role on {place} any more.\n", account.email),
    };
    printed(context, &account, None, &said)
}

fn remove(context: &Context, email: &str) -> Result<(), CliError> {
    let data = Data::write(context, "account remove")?;
    let account = find(&data, email)?;
    let by = context.author();
    data.wait(async |catalog| catalog.remove_account(&account, &by).await)?;
    printed(context, &account, None, &format!("Removed the account of {}.\n", account.email))
}

fn printed(context: &Context, account: &Account, link: Option<String>, said: &str) -> Result<(), CliError> {
    if context.json {
        return out::json(context, &listed(account, link));
    }
    out::text(context, said)
}

fn site(data: &Data, name: Option<&str>) -> Result<Option<Site>, CliError> {
    name.map(|name| data.site(name)).transpose()
}

/// The account of an e-mail address, however it was typed.
fn find(data: &Data, email: &str) -> Result<Account, CliError> {
    let wanted = email.trim().to_lowercase();
    if let Some(account) = data.wait(async |catalog| catalog.account_of(&wanted).await)? {
        return Ok(account);
    }
    let accounts = data.wait(async |catalog| catalog.accounts().await)?;
    let near = nearest(&wanted, accounts.iter().map(|account| account.email.as_str())).map(str::to_owned);
    Err(CliError::UnknownAccount { email: email.to_owned(), near })
}

fn listed(account: &Account, link: Option<String>) -> Listed {
    let role =
        |on: &RoleOn| ListedRole { site: on.site.as_ref().map(ToString::to_string), role: on.role.as_str() };
    Listed {
        email: account.email.clone(),
        name: account.name.clone(),
        roles: account.roles.iter().map(role).collect(),
        waiting: account.waiting.iter().map(role).collect(),
        confirmed: account.is_confirmed,
        invited_by: account.invited_by.clone(),
        has_password: account.password.is_some(),
        has_totp: account.has_totp,
        link,
    }
}

impl From<AccountError> for CliError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Catalog(error) => error.into(),
            error => Self::Account(error),
        }
    }
}
