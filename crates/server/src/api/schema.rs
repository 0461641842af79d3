//! Types of other crates as OpenAPI knows them. Those crates describe themselves by JSON Schema, which OpenAPI 3.1 takes as it
//! is; here the descriptions are put into the document.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Value, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema, schema::empty},
};
use waymark_analysis::{self as analysis, words};

/// Stands in schemas for a type of another crate, under the same name.
macro_rules! described {
    ($($name:ident = $type:ty),* $(,)?) => {$(
        #[doc = concat!("Stands for `", stringify!($type), "`.")]
        pub(crate) enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let name = <$type>::schema_name();
                described::<$type>().into_iter().find(|(known, _)| *known == name).map_or_else(|| empty().into(), |found| found.1)
            }
        }

        impl ToSchema for $name {
            fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
                schemas.extend(described::<$type>());
            }
        }
    )*};
}

described! {
    Answer = analysis::Answer,
    Conditions = analysis::Conditions,
    EventRow = analysis::questions::events::EventRow,
    Filter = analysis::Filter,
    Provenance = analysis::Provenance,
    Query = analysis::Query,
    Range = analysis::Range,
    RangeResult = analysis::RangeResult,
    RateResult = analysis::RateResult,
    StepQuery = analysis::questions::funnel::StepQuery,
    ValueResult = analysis::questions::overview::ValueResult,
    Anchor = words::Anchor,
    Counting = words::Counting,
    Entry = words::Entry,
    GoalRole = words::GoalRole,
    LintSubject = words::LintSubject,
    Mend = words::Mend,
    Order = words::Order,
    Scope = words::Scope,
    Severity = words::Severity,
    Tally = words::Tally,
}

/// The type's schema and those that it refers to, by name.
fn described<T: JsonSchema>() -> Vec<(String, RefOr<Schema>)> {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    generator.subschema_for::<T>();
    let definitions = generator.take_definitions(true);
    definitions.into_iter().map(|(name, schema)| (name, openapi(schema))).collect()
}

/// The schema as `utoipa` holds it.
fn openapi(mut schema: Value) -> RefOr<Schema> {
    adapt(&mut schema);
    serde_json::from_value(schema).unwrap_or_else(|_| empty().into())
}

/// Says in other words what `utoipa` has no place for: `const`, and alternatives beside the properties of an object.
fn adapt(schema: &mut Value) {
    match schema {
        Value::Array(schemas) => schemas.iter_mut().for_each(adapt),
        Value::Object(object) => {
            for (word, value) in object.iter_mut() {
                match value.as_object_mut() {
                    // These are names of fields, not words of the schema.
                    Some(fields) if word == "properties" => fields.values_mut().for_each(adapt),
                    _ => adapt(value),
                }
            }
            // A field with a default may be left out, but some generators of types then ask for it.
            object.remove("default");
            if let Some(word) = object.remove("const") {
                object.insert("enum".to_owned(), json!([word]));
            }
            if object.contains_key("properties")
                && let Some(alternatives) = object.remove("anyOf")
            {
                let properties = Value::Object(std::mem::take(object));
                object.insert("allOf".to_owned(), json!([{ "anyOf": alternatives }, properties]));
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(schema: Value, expected: Value) {
        assert_eq!(serde_json::to_value(openapi(schema.clone())).unwrap(), expected, "{schema}");
    }

    #[test]
    fn what_has_no_place_is_said_in_other_words() {
        check(json!({ "type": "string", "const": "first" }), json!({ "type": "string", "enum": ["first"] }));
        check(json!({ "type": "boolean", "default": false }), json!({ "type": "boolean" }));
        // Fields may be called like words of schemas.
        let fields = json!({ "type": "object", "properties": { "const": { "type": "string" }, "default": { "type": "string" } } });
        check(fields.clone(), fields);
        let part = json!({ "type": "object", "properties": { "site": { "type": "string" } } });
        let either = json!([{ "$ref": "#/components/schemas/A" }, { "$ref": "#/components/schemas/B" }]);
        let mut both = part.clone();
        both["anyOf"] = either.clone();
        check(both, json!({ "allOf": [{ "anyOf": either }, part] }));
    }

    /// What cannot be converted would become a schema that allows everything.
    #[test]
    fn every_type_of_an_answer_has_a_schema() {
        let schemas = described::<analysis::Answer>();
        assert!(schemas.len() > 40, "{}", schemas.len());
        let lost = schemas.iter().filter(|(_, schema)| *schema == RefOr::from(empty()));
        assert_eq!(lost.map(|(name, _)| name).collect::<Vec<_>>(), Vec::<&String>::new());
    }
}
