//! Every code that a problem can have: what programs may rely on.

/// A code.
#[derive(Debug)]
pub(crate) struct Code {
    /// Its name.
    pub(crate) name: &'static str,
    /// The status that it comes with.
    pub(crate) status: u16,
    /// When it comes.
    pub(crate) says: &'static str,
}

const fn code(status: u16, name: &'static str, says: &'static str) -> Code {
    Code { name, status, says }
}

/// Those of the operator's listener, which the public interface does not have.
const OPERATOR: [Code; 5] = [
    code(400, "filter_invalid", "The log filter cannot be read."),
    code(403, "key_not_admin", "The key is not one of the operator's."),
    code(403, "page_refused", "A page in a browser asks."),
    code(404, "not_found", "There is nothing here."),
    code(421, "host_unknown", "The request is meant for another host."),
];

/// All of them, by status. A debug build refuses to answer with one that is missing here.
pub(crate) const CODES: [Code; 58] = [
    code(400, "arguments_invalid", "A call of the page is not formed as it has to be."),
    code(400, "base64_invalid", "A picture in JSON is not base64."),
    code(400, "body_unreadable", "The request broke off before its end, or is not as it says."),
    code(400, "crop_invalid", "crop is neither true nor false."),
    code(400, "encoding_broken", "The body is not compressed as its header says."),
    code(400, "inference_request_invalid", "The request is not formed as the protocol says."),
    code(400, "instance_invalid", "One of several pictures has no source, or more than one."),
    code(400, "json_invalid", "The body is not the JSON that is taken here."),
    code(400, "multipart_invalid", "The multipart form cannot be read."),
    code(400, "picture_empty", "The picture has no bytes."),
    code(400, "picture_missing", "No picture was given."),
    code(400, "too_many_pictures", "There are more pictures in the request than are taken."),
    code(400, "top_k_invalid", "top_k is no whole number from 1 to 4294967295."),
    code(400, "url_invalid", "The address of the picture is none."),
    code(400, "wish_repeated", "A wish stands in the query or the form more than once."),
    code(400, "wish_unknown", "A wish in the query has a value that is not known."),
    code(401, "key_missing", "A key is needed."),
    code(401, "key_unknown", "The key is not one of this server's."),
    code(403, "control_refused", "Models are loaded and unloaded on the operator's listener."),
    code(403, "fetch_in_circles", "The request was made by a vitrine that fetches a picture."),
    code(403, "fetch_off", "This server does not fetch addresses."),
    code(403, "key_disabled", "The key is switched off."),
    code(403, "url_not_allowed", "The address is not fetched, such as one that is not public."),
    code(404, "call_unknown", "The protocol has no such call."),
    code(404, "class_unknown", "The model has no such class."),
    code(404, "example_unknown", "The model has no such example."),
    code(404, "metrics_off", "The meters are not shown on this listener."),
    code(404, "model_unknown", "There is no such model."),
    code(404, "version_unknown", "The model has no such version."),
    code(405, "method_not_allowed", "The path is known, but not by this method; see Allow."),
    code(408, "body_timeout", "The body did not come in time."),
    code(413, "fetch_too_large", "The picture at the address is too large."),
    code(413, "picture_dimensions", "The picture has too many pixels."),
    code(413, "picture_too_large", "The body is too large."),
    code(415, "encoding_unsupported", "The body is compressed in a way that is not known."),
    code(415, "fetch_not_an_image", "At the address is a web page."),
    code(415, "multipart_expected", "A call of the page takes a multipart form alone."),
    code(415, "picture_format_unsupported", "The body is no picture of a known kind."),
    code(422, "fetch_failed", "The picture could not be fetched."),
    code(422, "fetch_status", "The address answered with an error."),
    code(422, "fetch_timeout", "The address took too long."),
    code(422, "method_unsupported", "The model cannot be explained by this method."),
    code(422, "picture_damaged", "The picture is damaged."),
    code(422, "picture_too_many_scans", "The picture has an implausible number of scans."),
    code(422, "scores_not_finite", "The network has no answer to these numbers."),
    code(429, "rate_limited", "The caller has asked too often."),
    code(500, "explanation_failed", "The network could not be explained; it is logged."),
    code(500, "inference_failed", "The network failed; it is logged."),
    code(500, "internal", "Something else went wrong here; it is logged."),
    code(500, "no_classifier", "The server is set up wrongly."),
    code(503, "fetch_busy", "Too many addresses are being fetched."),
    code(503, "model_absent", "The weights of the model are not here."),
    code(503, "model_failed", "The model could not be loaded."),
    code(503, "model_loading", "The model is being loaded."),
    code(503, "model_unloaded", "The model is out of service."),
    code(503, "queue_full", "As much is under way as is taken."),
    code(503, "stopping", "The server is stopping."),
    code(504, "deadline_exceeded", "There was no answer in time."),
];

/// The code of this name.
pub(crate) fn find(name: &str) -> Option<&'static Code> {
    CODES.iter().chain(&OPERATOR).find(|code| code.name == name)
}
