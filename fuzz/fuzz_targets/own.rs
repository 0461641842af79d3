//! Bodies of the protocol `own`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waymark_collect::{json::text, protocol::own::decode};

fuzz_target!(|body: &[u8]| {
    let _ = decode(&text(body));
});
