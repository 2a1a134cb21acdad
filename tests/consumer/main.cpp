#include <iostream>

#include <intact/intact.hpp>

int main() {
    const intact::QuantParams params{.scale = 0.5F, .zero_point = 10};
    const auto code = intact::quantize_number(3.2F, params, {.qmin = 0, .qmax = 255});
    std::cout << "intact " << INTACT_VERSION << ": 3.2 is code " << code << '\n';
    return code == 16 ? 0 : 1;
}
