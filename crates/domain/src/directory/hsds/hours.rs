//! Opening hours of `OpenStreetMap` as weekly rules.

use std::collections::BTreeMap;

use chrono::Weekday;
use opening_hours_syntax::{
    ExtendedTime, RuleKind, parse,
    rules::{
        RuleOperator, RuleSequence,
        day::{DaySelector, WeekDayRange},
        time::{Time, TimeSpan},
    },
};

/// A span of time on some days of every week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    /// The days, as RFC 5545 writes them: `MO,TU`.
    pub days: String,
    /// When it opens, `HH:MM`.
    pub opens: String,
    /// When it closes, `HH:MM`; on the next day when that is earlier. None when it is not told.
    pub closes: Option<String>,
}

/// What opening hours say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hours {
    /// One rule per set of days and span.
    pub rules: Vec<Rule>,
    /// The rules say everything that the text says.
    pub whole: bool,
}

const WEEK: [(Weekday, &str); 7] = [
    (Weekday::Mon, "MO"),
    (Weekday::Tue, "TU"),
    (Weekday::Wed, "WE"),
    (Weekday::Thu, "TH"),
    (Weekday::Fri, "FR"),
    (Weekday::Sat, "SA"),
    (Weekday::Sun, "SU"),
];

/// When it opens, and when it closes if that is told.
type Span = (ExtendedTime, Option<ExtendedTime>);

/// Reads opening hours as weekly rules. Without any, when the text is in no grammar, or says what weekly rules cannot say: single
/// dates, seasons, sunsets.
pub(super) fn weekly(text: &str) -> Hours {
    let nothing = Hours { rules: Vec::new(), whole: false };
    let Ok(expression) = parse(text) else { return nothing };
    let mut week: BTreeMap<u8, Vec<Span>> = BTreeMap::new();
    let mut whole = true;
    for rule in &expression.rules {
        whole &= rule.comment.is_empty();
        match days_of(&rule.day_selector) {
            Days::OfTheWeek(days) => match spans_of(rule) {
                Some(spans) => put(&mut week, &days, &spans, rule),
                None => return nothing,
            },
            Days::Holidays => whole = false,
            Days::Other => return nothing,
        }
    }
    Hours { rules: grouped(&week), whole }
}

enum Days {
    /// Counted from Monday, 0.
    OfTheWeek(Vec<u8>),
    /// Public or school holidays alone: a weekly rule knows none.
    Holidays,
    Other,
}

fn days_of(selector: &DaySelector) -> Days {
    let DaySelector { year, monthday, week, weekday } = selector;
    if !(year.is_empty() && monthday.is_empty() && week.is_empty()) {
        return Days::Other;
    }
    if weekday.is_empty() {
        return Days::OfTheWeek((0..7).collect());
    }
    let mut days = Vec::new();
    for range in weekday {
        match range {
            WeekDayRange::Fixed {
                range,
                offset: 0,
                nth_from_start: [true, true, true, true, true],
                nth_from_end: [true, true, true, true, true],
            } => {
                let first = range.start().num_days_from_monday();
                let last = range.end().num_days_from_monday();
                let length = (last + 7 - first) % 7;
                days.extend((0..=length).filter_map(|step| u8::try_from((first + step) % 7).ok()));
            }
            WeekDayRange::Fixed { .. } => return Days::Other,
            WeekDayRange::Holiday { .. } => {}
        }
    }
    if days.is_empty() { Days::Holidays } else { Days::OfTheWeek(days) }
}

fn spans_of(rule: &RuleSequence) -> Option<Vec<Span>> {
    if rule.kind == RuleKind::Unknown || rule.operator == RuleOperator::Fallback {
        return None;
    }
    rule.time_selector.spans.iter().map(span_of).collect()
}

fn span_of(span: &TimeSpan) -> Option<Span> {
    match (span.range.start, span.range.end, span.repeats) {
        (Time::Fixed(opens), Time::Fixed(closes), None) => Some((opens, (!span.open_end).then_some(closes))),
        _ => None,
    }
}

/// A rule replaces what earlier ones said of its days, unless it is added to them; one that closes leaves nothing of them.
fn put(week: &mut BTreeMap<u8, Vec<Span>>, days: &[u8], spans: &[Span], rule: &RuleSequence) {
    for day in days {
        let told = week.entry(*day).or_default();
        if rule.operator == RuleOperator::Normal || rule.kind == RuleKind::Closed {
            told.clear();
        }
        if rule.kind == RuleKind::Open {
            told.extend(spans);
        }
    }
}

fn grouped(week: &BTreeMap<u8, Vec<Span>>) -> Vec<Rule> {
    let mut days_of_span: Vec<(Span, Vec<u8>)> = Vec::new();
    for (day, spans) in week {
        for span in spans {
            match days_of_span.iter_mut().find(|(known, _)| known == span) {
                Some((_, days)) if days.contains(day) => {}
                Some((_, days)) => days.push(*day),
                None => days_of_span.push((*span, vec![*day])),
            }
        }
    }
    let code = |day: &u8| WEEK.iter().find(|(known, _)| known.num_days_from_monday() == u32::from(*day)).map_or("", |(_, code)| *code);
    let rule = |((opens, closes), days): (Span, Vec<u8>)| Rule {
        days: days.iter().map(code).collect::<Vec<_>>().join(","),
        opens: clock(opens),
        closes: closes.map(clock),
    };
    days_of_span.into_iter().map(rule).collect()
}

fn clock(time: ExtendedTime) -> String {
    format!("{:02}:{:02}", time.hour() % 24, time.minute())
}
