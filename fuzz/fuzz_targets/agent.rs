//! User agents.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waymark_collect::enrich::Agent;

fuzz_target!(|text: &str| {
    let _ = Agent::of(text);
});
