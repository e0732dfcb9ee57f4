//! Values of TOML, as the readers of the project's own documents take them.

use toml::Spanned;
use toml::de::DeValue;

use crate::model::{Date, Memory};

/// A value and where it stands.
pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// A text.
pub(super) fn string(value: &Value<'_>) -> Option<String> {
    value.get_ref().as_str().map(str::to_owned)
}

/// A list of texts.
pub(super) fn strings(value: &Value<'_>) -> Option<Vec<String>> {
    value.get_ref().as_array()?.iter().map(string).collect()
}

/// A whole number.
pub(super) fn whole(value: &Value<'_>) -> Option<u64> {
    let integer = value.get_ref().as_integer()?;
    u64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// An amount of memory, such as `"4 GiB"`.
pub(super) fn memory(value: &Value<'_>) -> Option<Memory> {
    Memory::parse_text(value.get_ref().as_str()?)
}

/// `4`, `4.0`, `1.25`: hundredths, what is finer cut off.
pub(super) fn hundredths(value: &Value<'_>) -> Option<u64> {
    let text = match value.get_ref() {
        DeValue::Integer(_) => return whole(value)?.checked_mul(100),
        DeValue::Float(float) => float.as_str(),
        _ => return None,
    };
    let (units, fraction) = text.trim_start_matches('+').split_once('.')?;
    let digits: String = fraction.chars().filter(|&c| c != '_').chain("00".chars()).take(2).collect();
    let only_digits = fraction.chars().all(|c| c.is_ascii_digit() || c == '_');
    let units: u64 = units.replace('_', "").parse().ok()?;
    only_digits.then(|| units.checked_mul(100)?.checked_add(digits.parse().ok()?))?
}

/// A length of time, such as `"1h 30min"`: milliseconds.
pub(super) fn milliseconds(value: &Value<'_>) -> Option<u64> {
    let duration = humantime::parse_duration(value.get_ref().as_str()?).ok()?;
    u64::try_from(duration.as_millis()).ok()
}

/// A day without a time.
pub(super) fn date(value: &Value<'_>) -> Option<Date> {
    let DeValue::Datetime(written) = value.get_ref() else { return None };
    let day = written.date.filter(|_| written.time.is_none() && written.offset.is_none())?;
    Date::new(day.year, day.month, day.day)
}
