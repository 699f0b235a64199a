#pragma once

#include <string>
#include <vector>

#include "host/base/error.h"

namespace tests {

// One request of a case file and the reply it must get.
struct Case {
  int line = 0;
  std::string title;
  std::string request;              // bytes as sent
  bool head = false;                // a reply without body, whatever its length says
  int status = 0;                   // 0: the connection is closed without a reply
  std::string body;                 // `/…/`: a regular expression of the whole
  std::vector<std::string> headers; // `name: value` that the reply must have, `-name` must not
};

struct CaseFile {
  int timeout_ms = 0; // of the worker's waits for a client; 0: those of the product
  std::vector<Case> cases;
};

// Reads a file of cases, each of them lines up to an empty one:
//   # comment
//   POST /connectors {"name": "a"}          method, path, body; or: raw GET / HTTP/1.1\r\n\r\n
//     Accept: text/html                     more headers of the request
//     => 406 {"error_code":406,…}           status and body, or /regular expression/, or `closed`
//     => Allow: HEAD,GET                    a header of the reply; `=> -Allow` forbids one
// In paths, bodies and raw requests `${3*ab}` is `ababab`; in raw requests `\r`, `\n`, `\xff` are
// bytes. Requests have Host, Connection: close and, with a body, Content-Type and Content-Length.
// A line `timeout 100` outside of a case shortens the worker's patience with slow clients.
host::Result<CaseFile> read_cases(const std::string &path);

} // namespace tests
