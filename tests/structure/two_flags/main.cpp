// Two translation units that include everything, one compiled for any processor and one for this
// one, link into one program and compute the same.
#include <cstdint>
#include <iostream>

namespace plain {
std::uint32_t digest();
}
namespace native {
std::uint32_t digest();
}

int main() {
    const std::uint32_t a = plain::digest();
    const std::uint32_t b = native::digest();
    std::cout << "plain " << a << ", native " << b << '\n';
    return a == b ? 0 : 1;
}
