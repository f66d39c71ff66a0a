//! What came back, with the questions that tests ask of it.

use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::Value;

/// An answer of the program.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
    pub text: String,
    /// What was asked.
    pub method: Method,
    pub path: String,
    /// The request, for the message of a failing test.
    pub asked: String,
}

impl Answer {
    /// The body of a success.
    #[track_caller]
    pub fn good(self) -> Value {
        assert!(self.status.is_success(), "{}: {} {}", self.asked, self.status, self.text);
        self.body
    }

    /// The body of an answer with exactly this status.
    #[track_caller]
    pub fn with_status(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.asked, self.text);
        self
    }

    /// The problem document of a refusal, whole and well formed.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        let answer = self.with_status(status);
        assert_eq!(answer.header("content-type"), "application/problem+json", "{}", answer.asked);
        let problem = answer.body;
        assert_eq!(problem["code"], code, "{}: {}", answer.asked, answer.text);
        assert_eq!(problem["status"], status);
        assert!(problem["title"].as_str().is_some_and(|title| title != "The request was refused"), "the code {code} has no words");
        assert!(problem["instance"].as_str().is_some_and(|id| !id.is_empty()));
        problem
    }

    /// A header's text; empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The tag to send back as `If-Match`.
    pub fn etag(&self) -> String {
        self.header("etag").to_owned()
    }
}
