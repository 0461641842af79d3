//! Small files as other products export them, for the recipes of `docs/importing.md`. A line of JSON stands for a
//! Parquet file of the same columns, which is read in the same way (`import/nested.rs`).

/// What a recipe's command holds, the file that it reads, and what is in it.
const EXPORTS: [(&str, &str, &str); 7] = [
    (
        "orders_export.csv",
        "orders_export.csv",
        include_str!("../../../../../testdata/cases/shopify-orders.csv"),
    ),
    (
        "user_pseudo_id",
        "events.ndjson",
        r#"{"user_pseudo_id":"7.1","event_timestamp":1780300800123456,"event_name":"page_view","event_params":[{"key":"page_location","value":{"string_value":"https://shop.example/"}}],"device":{"category":"mobile"}}
{"user_pseudo_id":"7.1","event_timestamp":1780300860123456,"event_name":"purchase","event_params":[{"key":"page_location","value":{"string_value":"https://shop.example/thanks"}},{"key":"page_referrer","value":{"string_value":"https://shop.example/"}},{"key":"currency","value":{"string_value":"EUR"}}],"user_id":"u1","ecommerce":{"transaction_id":"A-1","purchase_revenue":19.9},"device":{"category":"mobile","operating_system":"iOS","web_info":{"browser":"Safari"}}}
"#,
    ),
    (
        "amplitude_id",
        "export.json.gz",
        r#"{"amplitude_id":17,"user_id":"u1","event_time":"2026-06-01 10:00:00.123000","event_type":"purchase","$insert_id":"i1","event_properties":{"order_id":"A-1","revenue":19.9},"country":"Germany","device_family":"iPhone","os_name":"ios"}
"#,
    ),
    (
        "distinct_id",
        "export.jsonl",
        r#"{"event":"signup","properties":{"time":1780300800,"distinct_id":"d1","$insert_id":"i1","$current_url":"https://shop.example/","utm_source":"news","utm_medium":"email","utm_campaign":"june"}}
"#,
    ),
    (
        "pageviews.tsv",
        "pageviews.tsv",
        "visitor\ttime\tname\turl\tevent_id\nA1B2\t2026-06-01 10:00:00\tpageview\thttps://shop.example/\t7\n",
    ),
    (
        "--zone UTC events.parquet",
        "events.ndjson",
        r#"{"visitor":123456,"time":"2026-06-01 10:00:00","name":"pageview","host":"shop.example","path":"/","referrer":"","source":"","medium":"","campaign":"","country":"DE"}
"#,
    ),
    (
        "events.csv",
        "events.csv",
        "timestamp,visitorid,event,itemid,transactionid\n1767262920000,17,view,lamp,\n",
    ),
];

/// Writes the files that a snippet reads.
pub fn write_for(snippet: &str, mut write: impl FnMut(&str, &str)) {
    for (marker, name, text) in EXPORTS {
        if snippet.contains(marker) {
            write(name, text);
        }
    }
}
