"""The ten-line server that everyone writes first."""
from socket import AF_INET, SOCK_DGRAM, socket

server = socket(AF_INET, SOCK_DGRAM)
server.bind(("127.0.0.1", 0))
print(f"listening on udp://127.0.0.1:{server.getsockname()[1]}", flush=True)
while True:
    message, client = server.recvfrom(2048)
    server.sendto(message.upper(), client)
