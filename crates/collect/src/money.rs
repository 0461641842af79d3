//! Value and currency as clients send them. What cannot be read is named, never guessed. It must not know any protocol.

use waymark_model::{
    money::{currencies, is_currency},
    normal::{Amount, Decimal, NoAmount, Notation, identifier},
};

use super::{json::Value, remark::Reason};

/// Value in minor units and currency, each as far as it can be read, and why not.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Minor units.
    pub value: Option<i64>,
    /// The currency.
    pub currency: Option<String>,
    /// Why the amount is missing or not as it was sent.
    pub amount_remark: Option<Reason>,
    /// Why the currency is missing.
    pub currency_remark: Option<Reason>,
}

/// Reads an amount in major units: `19.9` or `"19.90"` of the currency, or `"19.90 EUR"` in a usual notation.
#[must_use]
pub fn read(amount: Option<&Value<'_>>, currency: Option<&Value<'_>>) -> Reading {
    let (declared, currency_remark) = match currency.map_or(Ok(None), code) {
        Ok(code) => (code, None),
        Err(reason) => (None, Some(reason)),
    };
    let Some(amount) = amount.filter(|amount| !is_nothing(amount)) else {
        return Reading { currency: declared, currency_remark, ..Reading::default() };
    };
    let found = amount_of(amount, declared.as_deref()).and_then(|found| match &currency_remark {
        // Without its currency an amount says nothing, unless it names one itself.
        Some(reason) if found.currency.is_none() => Err(reason.clone()),
        _ => Ok(found),
    });
    match found {
        Ok(Amount { minor, currency, is_rounded }) => {
            let amount_remark = is_rounded.then_some(Reason::Rounded);
            Reading { value: Some(minor), currency, amount_remark, currency_remark }
        }
        Err(reason) => {
            Reading { value: None, currency: declared, amount_remark: Some(reason), currency_remark }
        }
    }
}

fn amount_of(amount: &Value<'_>, declared: Option<&str>) -> Result<Amount, Reason> {
    let notation = Notation { declared, ..Notation::default() };
    let found = match amount {
        Value::Text(text) => notation.read(text),
        // A point separates a number's decimals, whatever the language.
        Value::Number(number) => {
            Notation { decimal: Some(Decimal::Point), ..notation }.read(&number.to_string())
        }
        _ => Err(NoAmount::NotAnAmount),
    };
    found.map_err(Reason::Value)
}

/// A currency by its code, or by a symbol of it alone.
fn code(currency: &Value<'_>) -> Result<Option<String>, Reason> {
    let Value::Text(text) = currency else {
        return if currency.is_null() { Ok(None) } else { Err(Reason::BadCurrency) };
    };
    let Some(text) = identifier(text).given() else { return Ok(None) };
    let code = text.to_ascii_uppercase();
    match currencies(text) {
        [only] => Ok(Some((*only).to_owned())),
        _ if is_currency(&code) => Ok(Some(code)),
        _ => Err(Reason::BadCurrency),
    }
}

fn is_nothing(amount: &Value<'_>) -> bool {
    matches!(amount, Value::Text(text) if text.trim().is_empty()) || amount.is_null()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    #[track_caller]
    fn check(amount: Json, currency: Json, expected: (Option<i64>, &str), remarks: [&str; 2]) {
        let found = read(Some(&amount.clone().into()), Some(&currency.clone().into()));
        let code = |reason: &Option<Reason>| reason.as_ref().map_or("", Reason::code);
        let shown = (found.value, found.currency.as_deref().unwrap_or(""));
        assert_eq!(shown, expected, "{amount} {currency}");
        assert_eq!(
            [code(&found.amount_remark), code(&found.currency_remark)],
            remarks,
            "{amount} {currency}"
        );
    }

    #[test]
    fn money_is_read_in_every_form() {
        let none = Json::Null;
        check(none.clone(), none.clone(), (None, ""), ["", ""]);
        check(json!(""), none.clone(), (None, ""), ["", ""]);
        check(json!(""), json!("EUR"), (None, "EUR"), ["", ""]);
        check(json!("19.90 EUR"), none.clone(), (Some(1990), "EUR"), ["", ""]);
        check(json!("19,90 EUR"), none.clone(), (Some(1990), "EUR"), ["", ""]);
        check(json!("€19.90"), none.clone(), (Some(1990), "EUR"), ["", ""]);
        check(json!("19.90"), json!("eur"), (Some(1990), "EUR"), ["", ""]);
        check(json!("19.90"), json!("€"), (Some(1990), "EUR"), ["", ""]);
        check(json!(19.9), json!("EUR"), (Some(1990), "EUR"), ["", ""]);
        check(json!(500), json!("JPY"), (Some(500), "JPY"), ["", ""]);
        check(json!(-5), none.clone(), (Some(-500), ""), ["", ""]);
        check(json!(1.299), json!("EUR"), (Some(130), "EUR"), ["rounded_value", ""]);
        check(json!("$5"), json!("USD"), (Some(500), "USD"), ["", ""]);
        check(json!(5), json!("undefined"), (Some(500), ""), ["", ""]);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let none = Json::Null;
        check(json!("much"), json!("EUR"), (None, "EUR"), ["bad_value", ""]);
        check(json!("NaN"), none.clone(), (None, ""), ["bad_value", ""]);
        check(json!([1]), none.clone(), (None, ""), ["bad_value", ""]);
        check(json!(true), none.clone(), (None, ""), ["bad_value", ""]);
        check(json!("1.299"), json!("EUR"), (None, "EUR"), ["ambiguous_value", ""]);
        check(json!(1e30), none.clone(), (None, ""), ["large_value", ""]);
        check(json!("1e999"), none.clone(), (None, ""), ["large_value", ""]);
        check(json!("5 EUR"), json!("USD"), (None, "USD"), ["other_currency", ""]);
        check(json!(1), json!("euro"), (None, ""), ["bad_currency", "bad_currency"]);
        check(json!("1 EUR"), json!("euro"), (Some(100), "EUR"), ["", "bad_currency"]);
        check(json!(""), json!(7), (None, ""), ["", "bad_currency"]);
    }
}
