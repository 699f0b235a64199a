#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace host::rest {

// What a Content-Type says of the body.
enum class BodyType : std::uint8_t {
  None = 1, // no header
  Json,
  Wildcard, // `*/*`, `application/*`: passes the route but no reader takes it
  Other,
  Malformed,
};
BodyType body_type(const std::optional<std::string> &content_type);

// Whether an Accept header admits such a reply. No header, or an empty one, admits everything; a
// weight of 0 excludes nothing, as in Kafka Connect's container.
bool accepts(const std::optional<std::string> &accept, std::string_view type,
             std::string_view subtype);

} // namespace host::rest
