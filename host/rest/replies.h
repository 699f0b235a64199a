#pragma once

#include <string>
#include <string_view>

#include "host/base/error.h"
#include "host/rest/http.h"

namespace host::rest {

Reply json_reply(int status, std::string body);
// 202, 204: no body and no Content-Type.
Reply empty_reply(int status);

// `{"error_code":404,"message":"…"}` (contract 2.2).
Reply error_reply(int status, std::string_view message);
// The status follows from the code.
Reply error_reply(const Error &error);
// What the container itself answers: `HTTP 404 Not Found`, without a Content-Type (contract 17·2).
Reply container_reply(int status);

} // namespace host::rest
