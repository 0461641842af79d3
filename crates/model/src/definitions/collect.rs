//! What a site's owner says of how its events are collected. Plain data; the collector acts on it.

use serde::{Deserialize, Serialize};

use crate::Network;

/// How a site's events are collected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CollectSettings {
    /// Query parameters of addresses that are kept, beside those that always are.
    pub query_params: Vec<String>,
    /// Networks of the site's own people, whose events are tagged `internal`.
    pub internal: Vec<Network>,
    /// Hosts of payment services: a visitor who comes back from one has not come from there.
    pub payment_hosts: Vec<String>,
}
