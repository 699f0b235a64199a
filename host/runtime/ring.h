#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace host::runtime {

// A queue in one block of memory that only grows. Popped elements are not destroyed but used again,
// so that their own memory (strings) is kept: nothing is allocated once warm. One thread.
template <class T> class Ring {
public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  // The new last element, in the state in which it was popped, if it was used before.
  T &push() {
    if (size_ == slots_.size())
      grow();
    return slots_[index(size_++)];
  }
  void pop() {
    first_ = index(1);
    --size_;
  }
  void pop_back() { --size_; }

  T &front() { return slots_[first_]; }
  T &back() { return slots_[index(size_ - 1)]; }
  T &operator[](std::size_t i) { return slots_[index(i)]; }

private:
  std::size_t index(std::size_t i) const { return (first_ + i) & (slots_.size() - 1); }

  void grow() {
    std::vector<T> larger(slots_.empty() ? 4 : slots_.size() * 2);
    for (std::size_t i = 0; i < size_; ++i)
      larger[i] = std::move(slots_[index(i)]);
    slots_ = std::move(larger);
    first_ = 0;
  }

  std::vector<T> slots_; // a power of two of them
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

} // namespace host::runtime
