//! What definitions files mean, what is wrong with those that are, and that what is written is read again.

mod arbitrary;
mod errors;
mod meaning;
mod round_trip;

use super::{DefinitionError, Definitions, SiteDefinition};

/// A file with one site, whose goals and funnels the text states.
fn in_site(text: &str) -> String {
    format!("[site.shop]\ntimezone = \"UTC\"\n{text}")
}

fn parse_site(text: &str) -> Result<SiteDefinition, Vec<DefinitionError>> {
    Definitions::parse(&in_site(text)).map(|mut definitions| definitions.sites.remove(0))
}
