//! Exact amounts of money.

use rust_decimal::Decimal;
use serde_json::value::RawValue;

/// The amount that a text is, digit by digit: written as a JSON number is.
pub(crate) fn parse(text: &str) -> Option<Decimal> {
    // `Decimal` reads more than that.
    serde_json::from_str::<serde_json::Number>(text).ok()?;
    if text.contains(['e', 'E']) { exact_scientific(text) } else { Decimal::from_str_exact(text).ok() }
}

/// The amount in a JSON number, or in a string that holds one, digit by digit.
///
/// `None` when it is neither, or has more digits than a [`Decimal`] keeps
/// exactly (28): a rounded amount would be a wrong one.
pub(crate) fn amount(member: Option<&RawValue>) -> Option<Decimal> {
    let json = member?.get();
    match json.starts_with('"') {
        true => parse(&serde_json::from_str::<String>(json).ok()?),
        false => parse(json),
    }
}

/// `Decimal::from_scientific` rounds silently, so only take what it gives back whole.
fn exact_scientific(digits: &str) -> Option<Decimal> {
    let (mantissa, _) = digits.split_once(['e', 'E'])?;
    let written = Decimal::from_str_exact(mantissa).ok()?;
    let value = Decimal::from_scientific(digits).ok()?;
    let significant = |amount: Decimal| {
        amount.normalize().mantissa().unsigned_abs().to_string().trim_end_matches('0').len()
    };
    (significant(written) == significant(value)).then_some(value)
}

/// `None` when the sum has more digits than a [`Decimal`] keeps: it would be
/// rounded without a word.
#[must_use]
pub fn exact_sum(sum: Decimal, cost: Decimal) -> Option<Decimal> {
    let total = sum.checked_add(cost)?;
    (total.checked_sub(cost)? == sum && total.checked_sub(sum)? == cost).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<String> {
        let raw: Box<RawValue> = RawValue::from_string(json.to_owned()).unwrap();
        amount(Some(&raw)).map(|amount| amount.to_string())
    }

    #[test]
    fn digits_are_kept() {
        for exact in ["0.12", "0.10", "12", "0", "-0.05", "1234567890.123456789012345678"] {
            assert_eq!(read(exact).as_deref(), Some(exact));
        }
        assert_eq!(read("\"0.12\"").as_deref(), Some("0.12"));
        assert_eq!(read("1.2e-1").as_deref(), Some("0.12"));
        assert_eq!(read("12E2").as_deref(), Some("1200"));
    }

    #[test]
    fn what_is_no_exact_amount_is_none() {
        for odd in [
            "null",
            "true",
            "{}",
            "\"free\"",
            "\"\"",
            "\"1_000\"",
            "0.12345678901234567890123456789012",
            "1e400",
            "1e-400",
        ] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }
}
