//! `waymark rate`: the share of units that reached a goal.

use waymark_analysis::{Query, questions::rate::RateQuery};
use waymark_model::Unit;

use super::{Context, data::Data, failure::CliError, out, over::OverArgs};

/// A rate to ask for.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The site.
    #[arg(long)]
    site: String,
    /// The goal; when no goal is called so, events of that name.
    #[arg(long)]
    goal: String,
    /// What it is a share of: `visitor`, `session`, `user` or `event`.
    #[arg(long, default_value = "visitor", value_parser = unit)]
    base: Unit,
    #[command(flatten)]
    over: OverArgs,
}

fn unit(text: &str) -> Result<Unit, String> {
    [Unit::Visitor, Unit::Session, Unit::User, Unit::Event]
        .into_iter()
        .find(|unit| unit.as_str() == text)
        .ok_or_else(|| "use `visitor`, `session`, `user` or `event`".to_owned())
}

pub(super) fn run(context: &Context, args: &Args) -> Result<u8, CliError> {
    let query = Query::Rate(RateQuery { goal: args.goal.clone(), base: args.base, over: args.over.over() });
    let data = Data::read(context)?;
    let site = data.site(&args.site)?;
    out::answer(context, &data.answer(&site, &query)?)
}
