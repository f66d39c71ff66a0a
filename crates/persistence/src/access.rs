//! The policy as SQL: the same rule that `domain` evaluates on one record becomes a condition and a mask on rows.

use relais_domain::access::{Condition, Field, Mask, Operand, Rule};
use sea_orm::Value;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait};

/// Which expression of a query stands for a field of the policy. A field without one is missing on every row.
pub type Columns = fn(Field) -> Option<Expr>;

fn value(operand: &Operand) -> Value {
    match operand {
        Operand::Uuid(id) => (*id).into(),
        Operand::Text(text) => text.clone().into(),
    }
}

fn truth(value: bool) -> Expr {
    // A literal comparison: neither engine has to know the other's boolean constants.
    if value { Expr::val(1).eq(1) } else { Expr::val(1).eq(0) }
}

/// Renders a condition for WHERE and CASE, which take the NULL of a missing field for false, as [`Condition::holds`] does. What is
/// negated inside is made two-valued first; whoever negates the result, or selects it, has to do the same.
pub fn condition(condition: &Condition, columns: Columns) -> Expr {
    match condition {
        Condition::Always => truth(true),
        Condition::Never => truth(false),
        Condition::All(parts) => {
            parts.iter().map(|part| self::condition(part, columns)).reduce(ExprTrait::and).unwrap_or_else(|| truth(true))
        }
        Condition::Any(parts) => {
            parts.iter().map(|part| self::condition(part, columns)).reduce(ExprTrait::or).unwrap_or_else(|| truth(false))
        }
        // Two-valued as it is, and the database knows how many rows there are without a value: of a CASE it knows nothing.
        Condition::Not(part) if let Condition::Present(field) = part.as_ref() => {
            columns(*field).map_or_else(|| truth(true), ExprTrait::is_null)
        }
        Condition::Not(part) => decided(self::condition(part, columns), false, true),
        Condition::Equals(field, operand) => columns(*field).map_or_else(|| truth(false), |column| column.eq(value(operand))),
        Condition::In(field, operands) => match columns(*field) {
            Some(column) if !operands.is_empty() => column.is_in(operands.iter().map(value)),
            _ => truth(false),
        },
        Condition::Present(field) => columns(*field).map_or_else(|| truth(false), ExprTrait::is_not_null),
    }
}

/// `CASE WHEN expression THEN … ELSE … END`: turns the NULL of a missing field into a plain answer.
fn decided(expression: Expr, when_true: bool, otherwise: bool) -> Expr {
    let number = |truth: bool| Expr::val(i32::from(truth));
    Expr::expr(CaseStatement::new().case(expression, number(when_true)).finally(number(otherwise))).eq(1)
}

/// The condition under which a row is visible at all.
pub fn visible(rule: &Rule, columns: Columns) -> Expr {
    condition(&rule.visible(), columns)
}

/// The mask of categories that the caller may see, per row: every matching grant adds its bits, every matching denial
/// takes its bits away.
pub fn mask(rule: &Rule, columns: Columns) -> Expr {
    let bits = |pairs: &[(Condition, Mask)]| {
        pairs
            .iter()
            .map(|(when, mask)| {
                Expr::expr(CaseStatement::new().case(condition(when, columns), Expr::val(mask.bits())).finally(Expr::val(0)))
            })
            .reduce(ExprTrait::bit_or)
    };
    let allowed = bits(&rule.allow).unwrap_or_else(|| Expr::val(0));
    match bits(&rule.deny) {
        // a AND NOT b, in operators that both engines have.
        Some(denied) => allowed.clone().sub(allowed.bit_and(denied)),
        None => allowed,
    }
}
