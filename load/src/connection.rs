//! A kept connection, and one request on it.

use std::{io, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Request, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, task::spawn_local, time::timeout};

use crate::{plan::Message, target::Target};

/// A connection that is made when it is needed and kept as long as the server keeps it.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    sender: Option<SendRequest<Full<Bytes>>>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Length of the body.
    pub(crate) received: u64,
    pub(crate) server_timing: Option<HeaderValue>,
    pub(crate) retry_after: Option<HeaderValue>,
}

/// Why nothing came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Failure {
    Connect,
    Send,
    Body,
    Timeout,
    /// There was no connection left until all was over.
    Unsent,
}

impl Failure {
    /// Its name in a report.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Send => "send",
            Self::Body => "body",
            Self::Timeout => "timeout",
            Self::Unsent => "unsent",
        }
    }
}

impl Connection {
    /// Sends a request and reads the answer to its end. After a failure the next request has a new
    /// connection.
    pub(crate) async fn exchange(
        &mut self,
        target: &Target,
        message: &Message,
        patience: Duration,
    ) -> Result<Reply, Failure> {
        let reply = timeout(patience, self.ask(target, message)).await;
        let reply = reply.unwrap_or(Err(Failure::Timeout));
        if reply.is_err() {
            self.sender = None;
        }
        reply
    }

    async fn ask(&mut self, target: &Target, message: &Message) -> Result<Reply, Failure> {
        // A server may close a connection between two requests, which is no failure of the next.
        let kept = match &mut self.sender {
            Some(sender) => sender.ready().await.is_ok(),
            None => false,
        };
        if !kept {
            self.sender = Some(connect(target).await.map_err(|_| Failure::Connect)?);
        }
        let Some(sender) = &mut self.sender else { return Err(Failure::Connect) };
        let mut request = Request::new(Full::new(message.body.clone()));
        *request.method_mut() = message.method.clone();
        *request.uri_mut() = target.path.clone().into();
        *request.headers_mut() = message.headers.clone();
        request.headers_mut().insert(header::HOST, target.host.clone());
        let response = sender.send_request(request).await.map_err(|_| Failure::Send)?;
        let (mut head, mut body) = response.into_parts();
        let mut received = 0;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| Failure::Body)?;
            received += frame.data_ref().map_or(0, |data| data.len() as u64);
        }
        Ok(Reply {
            status: head.status.as_u16(),
            received,
            server_timing: head.headers.remove("server-timing"),
            retry_after: head.headers.remove(header::RETRY_AFTER),
        })
    }
}

async fn connect(target: &Target) -> io::Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(target.address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    // How it ends is seen by the request that is under way, if there is one.
    spawn_local(async { drop(connection.await) });
    Ok(sender)
}
