#include "host/data/arena.h"

#include <algorithm>

namespace host::data {

void Arena::next_block(std::size_t at_least) {
  while (next_ < blocks_.size() && blocks_[next_].size < at_least)
    ++next_;
  if (next_ == blocks_.size()) {
    const std::size_t size = std::max(at_least, kBlockSize);
    // new char[] is aligned for everything that an arena holds.
    blocks_.push_back({std::unique_ptr<char[]>(new char[size]), size});
    held_ += size;
  }
  current_ = blocks_[next_].memory.get();
  capacity_ = blocks_[next_].size;
  used_ = 0;
  ++next_;
}

void Arena::reset() {
  while (held_ > kKeptBytes && !blocks_.empty()) {
    held_ -= blocks_.back().size;
    blocks_.pop_back();
  }
  next_ = 0;
  current_ = nullptr;
  capacity_ = 0;
  used_ = 0;
}

} // namespace host::data
