"""The coursework's UDP client: a datagram there, a datagram back. A third argument is its own port."""
import sys
from socket import AF_INET, SOCK_DGRAM, socket

client = socket(AF_INET, SOCK_DGRAM)
if len(sys.argv) > 3:
    client.bind(("", int(sys.argv[3])))
client.sendto(input("Input lowercase sentence: ").encode(), (sys.argv[1], int(sys.argv[2])))
message, server = client.recvfrom(2048)
print("From Server:", message.decode())
client.close()
