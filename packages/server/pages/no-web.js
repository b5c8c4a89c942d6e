/** Shows the server's own address in the example. */
document.getElementById('origin').textContent = location.origin;
