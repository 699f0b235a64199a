#pragma once

// How a runner's own code ends its process; chosen outside of what plugins commonly use.
namespace host::link {

inline constexpr int kExitOrdered = 0;
inline constexpr int kExitHostGone = 120;
inline constexpr int kExitBadStart = 121;

} // namespace host::link
