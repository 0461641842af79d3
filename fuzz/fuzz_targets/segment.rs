//! Bodies of Segment's protocol: batches, and calls whose paths say what they are.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waymark_collect::{
    json::text,
    protocol::segment::{Call, decode},
};

fuzz_target!(|body: &[u8]| {
    let body = text(body);
    let _ = decode(&body, None);
    for call in Call::ALL {
        let _ = decode(&body, Some(call));
    }
});
