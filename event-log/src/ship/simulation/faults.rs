//! The faults of a request, in the network, a proxy or the engine.

use std::time::Duration;

use event_store::{Method, Request, Response, TransportError};

use super::engine::{Engine, ItemFault};
use super::random::Random;

/// A request that was sent, and is independent of its sender.
#[derive(Clone, Debug)]
pub struct SentRequest {
    method: Method,
    path: String,
    body: Option<Vec<u8>>,
}

impl SentRequest {
    pub fn of(request: &Request<'_>) -> Self {
        Self { method: request.method, path: request.path.to_owned(), body: request.body.map(<[u8]>::to_vec) }
    }

    pub fn request(&self) -> Request<'_> {
        let request = Request::new(self.method, &self.path);
        match &self.body {
            Some(body) => request.with_json(body),
            None => request,
        }
    }
}

/// The fault of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestFault {
    Fine,
    Slow,
    Refused,
    ResetBefore,
    ResetAfter,
    Hang,
    HangThenApplied,
    TooMany,
    TooManyLater,
    Unavailable,
    UnavailableThoughApplied,
    BadGateway,
    GatewayTimeoutThoughApplied,
    Unauthorised,
    NotFound,
    BadRequest,
    HtmlPage,
    HtmlPageThoughApplied,
    Truncated,
    Malformed,
    WrongCount,
    Redirect,
    EmptyReply,
    Items,
}

const FAULTS: [RequestFault; 23] = [
    RequestFault::Slow,
    RequestFault::Refused,
    RequestFault::ResetBefore,
    RequestFault::ResetAfter,
    RequestFault::Hang,
    RequestFault::HangThenApplied,
    RequestFault::TooMany,
    RequestFault::TooManyLater,
    RequestFault::Unavailable,
    RequestFault::UnavailableThoughApplied,
    RequestFault::BadGateway,
    RequestFault::GatewayTimeoutThoughApplied,
    RequestFault::Unauthorised,
    RequestFault::NotFound,
    RequestFault::BadRequest,
    RequestFault::HtmlPage,
    RequestFault::HtmlPageThoughApplied,
    RequestFault::Truncated,
    RequestFault::Malformed,
    RequestFault::WrongCount,
    RequestFault::Redirect,
    RequestFault::EmptyReply,
    RequestFault::Items,
];

type Outcome = Result<Response, TransportError>;

impl RequestFault {
    pub fn choose(random: &mut Random, has_item_faults: bool) -> Self {
        if random.one_in(2) {
            return Self::Fine;
        }
        let fault = FAULTS[random.index(FAULTS.len())];
        if fault == Self::Items && !has_item_faults { Self::Fine } else { fault }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Slow => "slow",
            Self::Refused => "refused",
            Self::ResetBefore | Self::ResetAfter => "reset",
            Self::Hang | Self::HangThenApplied => "hang",
            Self::TooMany | Self::TooManyLater => "429",
            Self::Unavailable | Self::UnavailableThoughApplied => "503",
            Self::BadGateway | Self::GatewayTimeoutThoughApplied => "502 and 504",
            Self::Unauthorised => "401",
            Self::NotFound | Self::BadRequest => "404 and 400",
            Self::HtmlPage | Self::HtmlPageThoughApplied => "html",
            Self::Truncated | Self::EmptyReply => "truncated",
            Self::Malformed => "malformed",
            Self::WrongCount => "wrong count",
            Self::Redirect => "redirect",
            Self::Items => "items",
        }
    }

    /// The outcome for the client, and whether the request takes effect later.
    pub fn meet(self, engine: &mut Engine, sent: &SentRequest, random: &mut Random) -> (Outcome, bool) {
        let mut apply = || engine.answer(&sent.request(), &mut |_| None);
        let page = |status| Response {
            status,
            content_type: Some("text/html".to_owned()),
            body: b"<html>Sorry</html>".to_vec(),
            ..Response::default()
        };
        let error = |status| Response::json(status, r#"{"error":{"type":"some_exception","reason":"no"}}"#);
        let outcome = match self {
            Self::Fine | Self::Slow => Ok(apply()),
            Self::Refused => Err(TransportError::not_sent("engine", "connection refused")),
            Self::ResetBefore => Err(TransportError::broken("engine", "connection reset")),
            Self::ResetAfter => {
                apply();
                Err(TransportError::broken("engine", "connection reset"))
            }
            Self::Hang => Err(TransportError::timed_out("engine")),
            Self::HangThenApplied => return (Err(TransportError::timed_out("engine")), true),
            Self::TooMany => Ok(error(429)),
            Self::TooManyLater => {
                Ok(Response { retry_after: Some(Duration::from_secs(random.within(0..2_000))), ..error(429) })
            }
            Self::Unavailable => Ok(error(503)),
            Self::UnavailableThoughApplied => {
                apply();
                Ok(Response { retry_after: Some(Duration::from_secs(1)), ..error(503) })
            }
            Self::BadGateway => Ok(page(502)),
            Self::GatewayTimeoutThoughApplied => {
                apply();
                Ok(page(504))
            }
            Self::Unauthorised => Ok(error(if random.one_in(2) { 401 } else { 403 })),
            Self::NotFound => Ok(page(404)),
            Self::BadRequest => Ok(error(400)),
            Self::HtmlPage => Ok(page(200)),
            Self::HtmlPageThoughApplied => {
                apply();
                Ok(page(200))
            }
            Self::Truncated => Ok(cut(apply(), random)),
            Self::Malformed => {
                apply();
                Ok(Response::json(200, r#"{"errors":false,"items":[{"create":{"status":2"#))
            }
            Self::WrongCount => {
                apply();
                Ok(Response::json(200, r#"{"errors":false,"items":[]}"#))
            }
            Self::Redirect => Ok(page(302)),
            Self::EmptyReply => {
                apply();
                Ok(Response::json(200, ""))
            }
            Self::Items => return (Ok(engine.answer(&sent.request(), &mut |_| choose_item(random))), false),
        };
        (outcome, false)
    }
}

fn choose_item(random: &mut Random) -> Option<ItemFault> {
    match random.within(0..12) {
        0 | 1 => Some(ItemFault::Busy),
        2 => Some(ItemFault::Unavailable),
        3 => Some(ItemFault::UnavailableThoughStored),
        4 => Some(ItemFault::Defect),
        _ => None,
    }
}

/// Removes at least the last byte, so that the rest is not JSON.
fn cut(mut response: Response, random: &mut Random) -> Response {
    response.body.truncate(random.index(response.body.len()));
    response
}
