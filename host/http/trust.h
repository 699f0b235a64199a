#pragma once

#include <string>

#include "host/http/client.h"

namespace host::http {

// Trust in the authorities of a PEM file alone, which `option` named. A Config error if it cannot
// be used; if it cannot any more later, that is an error of each request.
Result<TlsOptions> trusting(std::string pem_file, std::string option);

} // namespace host::http
