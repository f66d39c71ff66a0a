//! A walk over many operations: everything that is wrong is told at its end.

use reqwest::Method;
use serde_json::Value;

use crate::world::{Answer, Document, Operation};

/// Operations that are asked by machines in front of the program and therefore pass no door: nobody is asked who they are,
/// parameters that a load balancer adds are ignored, no budget is spent.
pub const WITHOUT_A_DOOR: &[&str] = &["read_liveness", "read_readiness"];

/// What a walk found.
pub struct Walk<'a> {
    document: &'a Document,
    asked: usize,
    findings: Vec<String>,
}

impl<'a> Walk<'a> {
    pub fn over(document: &'a Document) -> Self {
        Self { document, asked: 0, findings: vec![] }
    }

    /// Notes what is wrong unless it is fine.
    pub fn holds(&mut self, fine: bool, answer: &Answer, what: &str) {
        self.asked += 1;
        if !fine {
            let text: String = answer.text.chars().take(400).collect();
            let asked: String = answer.asked.chars().take(200).collect();
            self.findings.push(format!("{what}: {asked}\n    → {} {text}", answer.status));
        }
    }

    /// The answer is what the document promises.
    pub fn fits(&mut self, answer: &Answer, what: &str) {
        for objection in self.document.objections(answer) {
            self.holds(false, answer, &format!("{what}: {objection}"));
        }
    }

    /// A refusal with this status, and with this code among its own and its errors'; as documented.
    pub fn refused(&mut self, answer: &Answer, status: u16, code: &str, what: &str) {
        let problem = &answer.body;
        let is_problem = answer.header("content-type") == "application/problem+json" && problem["status"] == status;
        let has_code = problem["code"] == code || errors(problem).any(|error| error["code"] == code);
        self.holds(answer.status == status && is_problem && has_code, answer, &format!("{what} is {status} {code}"));
        self.fits(answer, what);
    }

    /// As [`Walk::refused`], for an answer to HEAD or to a method that no operation has.
    pub fn has_status(&mut self, answer: &Answer, status: u16, what: &str) {
        self.holds(answer.status == status, answer, &format!("{what} is {status}"));
    }

    /// The end: at least so many questions were asked, and nothing was wrong.
    #[track_caller]
    pub fn ends(self, least: usize) {
        let Self { asked, findings, .. } = self;
        assert!(asked >= least, "the walk asked {asked} questions only");
        assert!(findings.is_empty(), "{} of {asked} wrong\n{}", findings.len(), findings.join("\n"));
    }
}

/// The errors of a problem document.
pub fn errors(problem: &Value) -> impl Iterator<Item = &Value> {
    problem["errors"].as_array().into_iter().flatten()
}

/// An id that nothing has.
pub const NOBODYS: &str = "0192f4e6-0000-7000-8000-00000000dead";

/// A tag that any record may once have had.
pub const SOME_TAG: &str = "\"1.0.fr\"";

/// A request to an operation that gets as far as its content: an id of the right form, a tag, the documented example.
pub fn plain(operation: &Operation) -> (String, Vec<(&'static str, &'static str)>, Option<Value>) {
    let headers = if operation.is_versioned() { vec![("if-match", SOME_TAG)] } else { vec![] };
    (operation.path_with(NOBODYS), headers, operation.example().filter(|_| !operation.is_streamed()))
}

/// Whether a method usually carries a body.
pub fn carries_body(method: &Method) -> bool {
    *method != Method::GET
}
