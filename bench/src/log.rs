//! Reading PostgreSQL's log: which statements ran, with which parameters, on which connection.
//!
//! The private server writes each record as `@@application|process@@ …` (`log_line_prefix`); what follows on other lines is indented.

/// One statement of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// The connection.
    pub process: u32,
    /// The statement.
    pub sql: String,
    /// Its parameters.
    pub params: Vec<Option<String>>,
}

/// The server's statements in a piece of the log.
pub fn read(log: &str) -> Vec<Logged> {
    let mut found: Vec<Logged> = vec![];
    for record in log.replace("\n\t", "\n").split("@@relais|").skip(1) {
        let Some((process, said)) = record.split_once("@@ ") else { continue };
        let said = said.split("\n@@").next().unwrap_or_default().trim_end();
        let process = process.parse().unwrap_or(0);
        if let Some(sql) = statement(said) {
            found.push(Logged { process, sql: sql.to_owned(), params: vec![] });
        } else if let Some(params) = said.strip_prefix("DETAIL:  ").and_then(|said| said.get("parameters: ".len()..))
            && let Some(last) = found.iter_mut().rev().find(|known| known.process == process)
        {
            last.params = parameters(params);
        }
    }
    found
}

fn statement(said: &str) -> Option<&str> {
    let said = said.strip_prefix("LOG:  ")?;
    if let Some(simple) = said.strip_prefix("statement: ") {
        return Some(simple);
    }
    said.strip_prefix("execute ").and_then(|said| said.split_once(": ")).map(|(_, sql)| sql)
}

/// `$1 = 'it''s', $2 = NULL`.
fn parameters(text: &str) -> Vec<Option<String>> {
    let mut found = vec![];
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(" = ") {
        let Some(quoted) = after.strip_prefix('\'') else {
            found.push(None);
            rest = after;
            continue;
        };
        let (mut value, mut chars) = (String::new(), quoted.char_indices().peekable());
        let mut end = quoted.len();
        while let Some((at, char)) = chars.next() {
            if char != '\'' {
                value.push(char);
            } else if chars.next_if(|(_, next)| *next == '\'').is_some() {
                value.push('\'');
            } else {
                end = at + 1;
                break;
            }
        }
        found.push(Some(value));
        rest = quoted.get(end..).unwrap_or_default();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_read_with_its_parameters() {
        let log = "@@psql|9@@ LOG:  statement: SELECT 1\n@@relais|7@@ LOG:  statement: BEGIN\n\
            @@relais|8@@ LOG:  execute sqlx_s_1: SELECT *\n\tFROM x WHERE a = $1 AND b = $2\n\
            @@relais|8@@ DETAIL:  parameters: $1 = 'it''s, a\n\tb', $2 = NULL, $3 = '5'\n";
        let found = read(log);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].process, found[0].sql.as_str()), (7, "BEGIN"));
        assert_eq!(found[1].sql, "SELECT *\nFROM x WHERE a = $1 AND b = $2");
        assert_eq!(found[1].params, vec![Some("it's, a\nb".to_owned()), None, Some("5".to_owned())]);
    }
}
