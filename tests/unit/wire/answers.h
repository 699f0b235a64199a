#pragma once

#include <cstdint>
#include <string>

#include "tests/unit/wire/fake_broker.h"

namespace host::wire::test {

// Response frames of a group's coordinator.
inline std::string coordinator_at(const Request &request, std::int32_t port,
                                  std::int16_t error = 0) {
  Encoder body;
  body.int32(0);
  body.int16(error);
  body.nullable(std::nullopt);
  body.int32(1);
  body.string("127.0.0.1");
  body.int32(port);
  return tests::response_frame(request.correlation, body);
}

inline std::string left(const Request &request, std::int16_t error = 0,
                        std::int16_t member_error = 0) {
  Encoder body;
  body.int32(0);
  body.int16(error);
  body.int32(1);
  body.string("");
  body.nullable("m-0");
  body.int16(member_error);
  return tests::response_frame(request.correlation, body);
}

} // namespace host::wire::test
