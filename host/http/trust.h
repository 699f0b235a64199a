#pragma once

#include <string>

#include "host/http/client.h"

namespace host::http {

// Trust in the authorities of a PEM file alone, which `option` named. A file that cannot be used is
// an error of each request.
TlsOptions trusting(std::string pem_file, std::string option);

} // namespace host::http
